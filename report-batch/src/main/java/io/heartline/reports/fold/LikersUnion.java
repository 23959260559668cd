package io.heartline.reports.fold;

import com.dynatrace.hash4j.distinctcount.UltraLogLog;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The distinct likers of several weeks. Weeks with sets are united exactly, up to {@link #EXACT_LIKERS} likers. Beyond, or if a week
 * has a sketch, the number is an estimate with a stated error. Needs at most about 2 MiB, however many weeks are added.
 *
 * <p>Only weeks whose likers were all hashed under one given secret are counted. A person has different hashes under two secrets, so
 * the union would count them twice. Not thread-safe.
 */
public final class LikersUnion {

    /** The maximum number of likers of an exact union. Its set then has a table of 1 MiB. */
    public static final int EXACT_LIKERS = 65_536;

    private static final long[] NO_DAYS = new long[7];

    private final String secretCheck;

    /** The likers of weeks with sets: a set, or a sketch once there are too many. */
    private DistinctCounter ofSets = new DistinctSet();

    /** The united registers of weeks with sketches. They become their own copy once there are two such weeks. */
    private @Nullable UltraLogLog ofSketches;

    private int sketches;

    /** The likers of the only week with a sketch, as its report states them. */
    private long sketchedLikers;

    private double sketchedError;
    private long largestWeek;
    private long sumOfWeeks;

    /**
     * The number of distinct likers.
     *
     * @param likers the number, from 0
     * @param error three standard errors, in likers; 0 if every week has a set, and there are not too many likers
     */
    public record DistinctLikers(long likers, double error) {}

    /**
     * Creates an empty union.
     *
     * @param secretCheck the check value of the secret, as {@link KeyedHash#checkValue()} returns it
     */
    public LikersUnion(String secretCheck) {
        this.secretCheck = secretCheck;
    }

    /**
     * Adds the likers of a week, unless some of them were hashed under another secret.
     *
     * @param week a report with its likers
     */
    public void add(ReportStore.StoredReport week) {
        StoredLikers likers = week.likers();
        if (!likers.isHashedUnder(secretCheck)) {
            return;
        }
        Figures figures = week.figures();
        largestWeek = Math.max(largestWeek, figures.likers());
        sumOfWeeks += figures.likers();
        if (likers.isExact()) {
            addSet(likers.bytes());
        } else {
            sketchedLikers = figures.likers();
            sketchedError = figures.precision().relativeError() * figures.likers();
            UltraLogLog registers = UltraLogLog.wrap(likers.bytes());
            ofSketches = ofSketches == null ? registers : UltraLogLog.merge(ofSketches, registers);
            sketches++;
        }
    }

    private void addSet(byte[] bytes) {
        if (ofSets instanceof DistinctSet set) {
            for (LongBuffer hashes = ByteBuffer.wrap(bytes).asLongBuffer(); hashes.hasRemaining(); ) {
                set.add(hashes.get(), 0);
            }
            if (set.count() > EXACT_LIKERS) {
                ofSets = DistinctSketch.of(set);
            }
        } else {
            // not in the stored, ascending order, because the martingale expects new hashes in random order
            DistinctSet.of(bytes).forEach(hash -> ofSets.add(hash, 0));
        }
    }

    /**
     * Returns the number of distinct likers of all added weeks. It is at least the number of each week, and at most
     * their sum, because two independent estimates could contradict each other.
     *
     * @return the number and its error
     */
    public DistinctLikers count() {
        if (ofSketches == null) {
            double error = ofSets instanceof DistinctSketch sketch ? sketch.absoluteError() : 0;
            return clamped(ofSets.count(), error);
        }
        return sketches == 1 && ofSets instanceof DistinctSet set ? countWithOneSketch(set) : countMerged();
    }

    /** Continues the estimate of the only week with a sketch. Only the hashes that it does not contain add to its error. */
    private DistinctLikers countWithOneSketch(DistinctSet set) {
        DistinctSketch sketch = DistinctSketch.of(ofSketches.getState().clone(), NO_DAYS.clone());
        set.forEach(hash -> sketch.add(hash, 0));
        return clamped(sketchedLikers + sketch.count(), Math.hypot(sketchedError, sketch.absoluteError()));
    }

    private DistinctLikers countMerged() {
        UltraLogLog merged = ofSketches.copy();
        if (ofSets instanceof DistinctSet set) {
            set.forEach(merged::add);
        } else {
            merged = UltraLogLog.merge(merged, UltraLogLog.wrap(ofSets.toBytes()));
        }
        double estimate = merged.getDistinctCountEstimate(UltraLogLog.MAXIMUM_LIKELIHOOD_ESTIMATOR);
        return clamped(
                Math.round(estimate),
                3 * StoredLikers.STANDARD_ERROR_FACTOR / Math.sqrt(merged.getState().length) * estimate);
    }

    private DistinctLikers clamped(long estimate, double error) {
        return new DistinctLikers(Math.max(largestWeek, Math.min(sumOfWeeks, estimate)), error);
    }
}
