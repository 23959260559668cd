package io.heartline.reports.read;

import io.heartline.reports.mongo.HelloResponse;
import io.heartline.reports.progress.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import reactor.core.publisher.Mono;

/** Progress of all partitions of one log, for tests. */
public final class ProgressFixtures {

    /** The time up to which all events are folded. */
    public static final Instant AS_OF = Instant.parse("2026-11-24T10:05:00Z");

    private ProgressFixtures() {}

    /**
     * Returns progress of one log.
     *
     * @param epoch the epoch of the log
     * @param next the next offset of each partition
     * @return the progress by partition
     */
    public static Map<Integer, Progress> of(String epoch, long... next) {
        return IntStream.range(0, next.length)
                .mapToObj(partition -> new Progress(
                        partition, epoch, 0, next.length, next[partition], null, AS_OF, null, null, null, null, null))
                .collect(Collectors.toMap(Progress::partition, progress -> progress));
    }

    /**
     * Returns progress that is read for each request, without sessions.
     *
     * @param read reads the progress of all partitions
     * @return progress that no requests share
     */
    public static RecentProgress unshared(Mono<Map<Integer, Progress>> read) {
        return new RecentProgress(
                session -> read, withoutSessions(), () -> true, Duration.ofNanos(-1), System::nanoTime);
    }

    /**
     * Returns reads for a single server.
     *
     * @return reads without sessions
     */
    public static CausalReads withoutSessions() {
        return new CausalReads(Mono.just(new HelloResponse(null, true, false)), null);
    }
}
