package io.heartline.reports.fold;

import com.dynatrace.hash4j.distinctcount.UltraLogLog;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The likers of a week as they are stored, to be compared with another week's: the set of their hashes while the report is
 * exact, else the registers of a sketch.
 */
public final class Fans {

    /** Times 1/√m, the standard error of what m registers alone tell: √(ln 2 / ζ(2, 5/4)), by maximum likelihood. */
    private static final double STANDARD_ERROR = 0.761;

    private static final long[] NO_DAYS = new long[7];

    private final boolean exact;
    private final byte[] bytes;
    private final @Nullable String secretCheck;
    private final boolean isMixed;

    /**
     * Those who liked in both weeks.
     *
     * @param likers between 0 and the number of likers of either week
     * @param error three standard errors, in likers; 0 when both weeks are exact
     */
    public record Returning(long likers, double error) {}

    /**
     * Takes what a document has.
     *
     * @param exact its {@code exact}
     * @param bytes its {@code fans}
     * @param secretCheck of the secret that they were hashed under; null for none
     * @param isMixed whether some of them were hashed under other secrets
     */
    Fans(boolean exact, byte[] bytes, @Nullable String secretCheck, boolean isMixed) {
        this.exact = exact;
        this.bytes = bytes;
        this.secretCheck = secretCheck;
        this.isMixed = isMixed;
    }

    /** Returns the likers of a week in which nobody liked. */
    public static Fans none() {
        return new Fans(true, new byte[0], null, false);
    }

    /** Returns how many also liked in the other week; null if the likers of both were not all hashed under one secret. */
    public @Nullable Returning returningFrom(Fans previous) {
        if (isNone() || previous.isNone()) {
            return new Returning(0, 0);
        }
        if (isMixed || previous.isMixed || !Objects.equals(secretCheck, previous.secretCheck)) {
            return null;
        }
        if (exact && previous.exact) {
            return new Returning(inBoth(previous), 0);
        }
        if (exact) {
            return previous.among(this);
        }
        return previous.exact ? among(previous) : overlap(previous);
    }

    private boolean isNone() {
        return exact && bytes.length == 0;
    }

    /** Both are ascending. */
    private long inBoth(Fans other) {
        LongBuffer ours = hashes();
        LongBuffer theirs = other.hashes();
        long both = 0;
        while (ours.hasRemaining() && theirs.hasRemaining()) {
            int order = Long.compareUnsigned(ours.get(ours.position()), theirs.get(theirs.position()));
            both += order == 0 ? 1 : 0;
            if (order <= 0) {
                ours.get();
            }
            if (order >= 0) {
                theirs.get();
            }
        }
        return both;
    }

    /**
     * How many of a set are in this sketch: those that do not make it grow. Far more certain than a difference of sums, since
     * only the newcomers are estimated.
     */
    private Returning among(Fans set) {
        Sketch sketch = Sketch.of(bytes.clone(), NO_DAYS.clone());
        // not in ascending order, the stored one: they would come to the registers one after the other, which is not
        // how a
        // martingale expects new hashes
        PairSet.of(set.bytes).forEach(hash -> sketch.add(hash, 0));
        return new Returning(within(Math.min(set.size(), size()), set.size() - sketch.count()), sketch.error());
    }

    /** Inclusion and exclusion. That the three sums err in the same direction is not counted on: the error is no less. */
    private Returning overlap(Fans other) {
        double ours = size();
        double theirs = other.size();
        double all = size(UltraLogLog.merge(UltraLogLog.wrap(bytes), UltraLogLog.wrap(other.bytes)));
        double error = STANDARD_ERROR
                / Math.sqrt(Math.min(bytes.length, other.bytes.length))
                * Math.sqrt(ours * ours + theirs * theirs + all * all);
        return new Returning(within(Math.min(ours, theirs), ours + theirs - all), 3 * error);
    }

    private double size() {
        return exact ? bytes.length / Long.BYTES : size(UltraLogLog.wrap(bytes));
    }

    private static double size(UltraLogLog sketch) {
        return sketch.getDistinctCountEstimate(UltraLogLog.MAXIMUM_LIKELIHOOD_ESTIMATOR);
    }

    private LongBuffer hashes() {
        return ByteBuffer.wrap(bytes).asLongBuffer();
    }

    private static long within(double most, double estimate) {
        return Math.round(Math.max(0, Math.min(most, estimate)));
    }
}
