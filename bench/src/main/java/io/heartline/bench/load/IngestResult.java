package io.heartline.bench.load;

import io.heartline.bench.model.IngestTarget;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import java.util.stream.Stream;

/**
 * The outcome of sending likes.
 *
 * @param refused likes with another answer than success, or without an answer
 * @param seconds until the last answer
 * @param delays from when a like was due until its answer; null if they are unknown
 */
public record IngestResult(long accepted, long refused, double seconds, Delays delays) {

    /** Returns a text for {@link #parse} in another process. */
    public String text() {
        return accepted + " " + refused + " " + seconds + " " + delays.p50() + " " + delays.p99() + " " + delays.p999()
                + " " + delays.max();
    }

    public static IngestResult parse(String text) {
        double[] parts =
                Stream.of(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
        Delays delays = new Delays(parts[3], parts[4], parts[5], parts[6]);
        return new IngestResult((long) parts[0], (long) parts[1], parts[2], delays);
    }

    /** @throws CannotMeasureException if the log grew by another number of likes than was acknowledged */
    public void requireLogged(IngestTarget target, long logged) {
        if (logged != accepted) {
            throw new CannotMeasureException(Console.format(
                    "%s acknowledged %,d likes and refused %,d, but the log has %,d",
                    target, accepted, refused, logged));
        }
    }
}
