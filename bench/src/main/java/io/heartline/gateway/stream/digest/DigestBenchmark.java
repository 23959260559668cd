package io.heartline.gateway.stream.digest;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.gateway.stream.LogEntry;
import java.time.Instant;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Measures the digest of {@value #MISSED} events for a slow reader. The gateway conflates decoded entries of the ring under the
 * partition's lock, once for each slow reader.
 */
@State(Scope.Benchmark)
public class DigestBenchmark {

    private static final int MISSED = 1000;
    private static final String EPOCH = "k3f9x2ab";

    @Param({"3", "1000"})
    int posts;

    private final Position from = new Position(EPOCH, 0, 0);
    private final LogEntry[] entries = new LogEntry[MISSED];

    @Setup
    public void validate() {
        for (int i = 0; i < MISSED; i++) {
            // each id is a separate string, as after decoding JSON
            Liked like = new Liked("e-" + i, "post-" + i % posts, "alice", "liker-" + i, Instant.EPOCH);
            entries[i] = new LogEntry("alice", i + 1, 0, LikeEventJson.encode(like));
            entries[i].decode(EPOCH, 0);
        }
    }

    /** Measures the sums of all events, and the frame. */
    @Benchmark
    public Object digest() {
        Digest digest = new Digest();
        for (LogEntry entry : entries) {
            digest.add(entry);
        }
        return digest.frame(from);
    }
}
