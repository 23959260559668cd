package io.heartline.reports.worker;

import io.heartline.bench.model.IngestLikes;
import io.heartline.events.Liked;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.WeekCalendar;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Measures the step between parsing a record and folding it: its hashes are added to those of its author and week. The chunk
 * has 2000 authors with ten events each, all of one week, as in a backlog of a few minutes.
 */
@State(Scope.Benchmark)
public class ChunkBenchmark {

    private static final int EVENTS = 20_000;

    private final List<Liked> events = new IngestLikes(EVENTS, i -> "author-" + i % 2000).likes();
    private final KeyedHash hash = KeyedHash.development();
    private final WeekCalendar calendar = new WeekCalendar(ZoneId.of("UTC"), Duration.ofHours(24));

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public Object add() {
        Chunk chunk = new Chunk(calendar, hash);
        long offset = 0;
        for (Liked event : events) {
            chunk.add(event, offset++);
        }
        return chunk;
    }
}
