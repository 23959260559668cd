package io.heartline.reports.read;

import io.heartline.reports.progress.Progress;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Progress of all partitions of one log, for tests. */
final class ProgressFixtures {

    static final Instant AS_OF = Instant.parse("2026-11-24T10:05:00Z");

    private ProgressFixtures() {}

    /** @param next the next offset of each partition */
    static Map<Integer, Progress> of(String epoch, long... next) {
        return IntStream.range(0, next.length)
                .mapToObj(partition -> new Progress(
                        partition, epoch, 0, next.length, next[partition], null, AS_OF, null, null, null, null))
                .collect(Collectors.toMap(Progress::partition, progress -> progress));
    }
}
