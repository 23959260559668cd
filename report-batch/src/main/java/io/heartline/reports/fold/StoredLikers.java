package io.heartline.reports.fold;

import com.dynatrace.hash4j.distinctcount.UltraLogLog;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The likers of a week as they are stored, for a comparison with another week. If the report is exact, they are a set
 * of hashes, otherwise the registers of a sketch.
 */
public final class StoredLikers {

    /**
     * The relative standard error of an estimate from m registers alone, times √m: √(ln 2 / ζ(2, 5/4)), by maximum
     * likelihood.
     */
    static final double STANDARD_ERROR_FACTOR = 0.761;

    private static final long[] NO_DAYS = new long[7];

    private final boolean exact;
    private final byte[] bytes;
    private final @Nullable String secretCheck;
    private final boolean hasMixedSecrets;

    /**
     * The number of people who liked in both of two weeks.
     *
     * @param likers between 0 and the number of likers of either week
     * @param error three standard errors, in likers; 0 if both weeks are exact
     */
    public record ReturningLikers(long likers, double error) {}

    /**
     * Creates likers from the fields of a document.
     *
     * @param exact the field {@code exact}
     * @param bytes the field {@code fans}
     * @param secretCheck the check value of the secret that they were hashed under; null for none
     * @param hasMixedSecrets whether some of them were hashed under other secrets
     */
    StoredLikers(boolean exact, byte[] bytes, @Nullable String secretCheck, boolean hasMixedSecrets) {
        this.exact = exact;
        this.bytes = bytes;
        this.secretCheck = secretCheck;
        this.hasMixedSecrets = hasMixedSecrets;
    }

    /**
     * Returns the likers of a report, as they would be stored now.
     *
     * @param report the report, which may be changed afterwards
     * @return the present likers
     */
    public static StoredLikers of(WeeklyReport report) {
        return new StoredLikers(
                report.likedPairs instanceof DistinctSet,
                report.likers.toBytes(),
                report.secretCheck,
                report.hasMixedSecrets);
    }

    /**
     * Returns the likers of a week without likes.
     *
     * @return an exact set without hashes
     */
    public static StoredLikers empty() {
        return new StoredLikers(true, new byte[0], null, false);
    }

    /**
     * Returns the number of likers who also liked in the week before.
     *
     * @param previous the likers of the week before
     * @return null if the likers of both weeks were not all hashed under one secret
     */
    public @Nullable ReturningLikers returningFrom(StoredLikers previous) {
        if (isEmpty() || previous.isEmpty()) {
            return new ReturningLikers(0, 0);
        }
        if (hasMixedSecrets || previous.hasMixedSecrets || !Objects.equals(secretCheck, previous.secretCheck)) {
            return null;
        }
        if (exact && previous.exact) {
            return new ReturningLikers(countCommon(previous), 0);
        }
        if (exact) {
            return previous.estimateContained(this);
        }
        return previous.exact ? estimateContained(previous) : estimateCommon(previous);
    }

    /** Returns whether all likers were hashed under this secret. A set without hashes was. */
    boolean isHashedUnder(String otherSecretCheck) {
        return isEmpty() || !hasMixedSecrets && otherSecretCheck.equals(secretCheck);
    }

    boolean isExact() {
        return exact;
    }

    /** Returns the hashes in ascending order, or the registers. The caller must not change them. */
    byte[] bytes() {
        return bytes;
    }

    private boolean isEmpty() {
        return exact && bytes.length == 0;
    }

    /** Counts the hashes that both sets contain. Both are in ascending order. */
    private long countCommon(StoredLikers other) {
        LongBuffer ours = hashes();
        LongBuffer theirs = other.hashes();
        long common = 0;
        while (ours.hasRemaining() && theirs.hasRemaining()) {
            int order = Long.compareUnsigned(ours.get(ours.position()), theirs.get(theirs.position()));
            common += order == 0 ? 1 : 0;
            if (order <= 0) {
                ours.get();
            }
            if (order >= 0) {
                theirs.get();
            }
        }
        return common;
    }

    /**
     * Estimates how many hashes of a set are in this sketch: the hashes that do not make it grow. This is far more
     * certain than a difference of sums, because only the new hashes are estimated.
     */
    private ReturningLikers estimateContained(StoredLikers set) {
        DistinctSketch sketch = DistinctSketch.of(bytes.clone(), NO_DAYS.clone());
        // not in the stored, ascending order, in which the hashes would fill one register after the other;
        // the martingale expects new hashes in random order
        DistinctSet.of(set.bytes).forEach(hash -> sketch.add(hash, 0));
        return new ReturningLikers(
                clamp(Math.min(set.size(), size()), set.size() - sketch.count()), sketch.absoluteError());
    }

    /**
     * Estimates by inclusion and exclusion. The three sums tend to err in the same direction, which reduces the error
     * of the result. The returned error does not rely on this.
     */
    private ReturningLikers estimateCommon(StoredLikers other) {
        double ours = size();
        double theirs = other.size();
        double union = size(UltraLogLog.merge(UltraLogLog.wrap(bytes), UltraLogLog.wrap(other.bytes)));
        double error = STANDARD_ERROR_FACTOR
                / Math.sqrt(Math.min(bytes.length, other.bytes.length))
                * Math.sqrt(ours * ours + theirs * theirs + union * union);
        return new ReturningLikers(clamp(Math.min(ours, theirs), ours + theirs - union), 3 * error);
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

    private static long clamp(double max, double estimate) {
        return Math.round(Math.max(0, Math.min(max, estimate)));
    }
}
