package io.heartline.producer.like;

import io.heartline.bench.model.IngestLikes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Measures the parsing and validation of a like, which happens on the event loop. A single like and a line of a stream have the
 * same cost. The like has three ids and no time, as most likes do.
 */
@State(Scope.Benchmark)
public class LikeBenchmark {

    private static final int LIKES = 20_000;

    private final List<byte[]> bodies = new IngestLikes(LIKES, i -> "author-" + i % 1000).bodies();
    private final LikeParser reader = new LikeParser(InstantSource.system(), Duration.ofDays(7), Duration.ofMinutes(5));

    @Benchmark
    @OperationsPerInvocation(LIKES)
    public void read(Blackhole sink) {
        for (byte[] body : bodies) {
            sink.consume(reader.parse(body, 0, body.length, false));
        }
    }
}
