package io.heartline.reports.fold;

import com.dynatrace.hash4j.distinctcount.StateChangeObserver;
import com.dynatrace.hash4j.distinctcount.UltraLogLog;

/**
 * An estimate of the number of distinct hashes: a martingale over an UltraLogLog of 64 KiB. UltraLogLog is described by
 * O. Ertl, "UltraLogLog: A Practical and More Space-Efficient Alternative to HyperLogLog for Approximate Distinct
 * Counting", 2024. The martingale is described by D. Ting, "Streamed Approximate Counting of Distinct Elements", 2014.
 *
 * <p>A hash that was already added never changes the registers. A new hash changes them with a probability p, which the
 * registers determine. Whenever they change, the count grows by 1/p. So the count is right on average and never
 * decreases. Each growth belongs to one hash and is added to that hash's day, so parts always add up to the whole.
 *
 * <p>A new hash adds a variance of 1/p - 1. These variances add up, because none is correlated with the earlier ones.
 * The sum of (1 - p)/p² over the changes estimates the variance without knowing how many hashes were new. The error is
 * computed from this sum. An exact beginning adds nothing to it. With m registers, three standard errors approach 3 √(5
 * ln 2 / 8m), which is 0.77 %, and stay below.
 *
 * <p>The same hashes in another order result in the same registers, and in a count that differs within the error.
 */
final class DistinctSketch implements DistinctCounter {

    /**
     * The binary logarithm of the number of registers, which have one byte each. Three sketches are half as large as
     * the sets that they replace, so fewer registers would not make the largest document smaller. In a week of a
     * million pairs, a day or a post with a seventh of the likes is known to about 2 %.
     */
    private static final int PRECISION = 16;

    private final UltraLogLog registers;
    private final StateChangeObserver observer = this::onStateChange;
    private final long[] byDay;

    /**
     * The probability that the next new hash changes the registers. It is stored, because a new computation would round
     * differently.
     */
    private double probability;

    /** The growth below 1 that is not yet in {@link #byDay}, which has whole numbers. */
    private double carry;

    private double variance;

    private DistinctSketch(UltraLogLog registers, long[] byDay) {
        this.registers = registers;
        this.byDay = byDay;
    }

    /** Returns a sketch of the hashes in {@code exact}, whose count is the beginning of the estimate. */
    static DistinctSketch of(DistinctSet exact) {
        UltraLogLog registers = UltraLogLog.create(PRECISION);
        exact.forEach(registers::add);
        return of(registers.getState(), exact.byDay());
    }

    /** Continues from registers and a count that is practically exact. */
    static DistinctSketch of(byte[] registers, long[] byDay) {
        DistinctSketch sketch = new DistinctSketch(UltraLogLog.wrap(registers), byDay);
        sketch.probability = sketch.registers.getStateChangeProbability();
        return sketch;
    }

    /** Reads the values that {@link #toBytes}, {@link #byDay} and {@link #martingale} returned. */
    static DistinctSketch of(byte[] registers, long[] byDay, Martingale martingale) {
        DistinctSketch sketch = new DistinctSketch(UltraLogLog.wrap(registers), byDay);
        sketch.probability = martingale.probability();
        sketch.carry = martingale.carry();
        sketch.variance = martingale.variance();
        return sketch;
    }

    /**
     * The state of the estimate.
     *
     * @param probability the probability that the next new hash changes the registers
     * @param carry the growth that is not yet counted, from 0 to 1, exclusive
     * @param variance the estimated variance of the count
     */
    record Martingale(double probability, double carry, double variance) {}

    Martingale martingale() {
        return new Martingale(probability, carry, variance);
    }

    @Override
    public long add(long hash, int day, long max) {
        registers.add(DistinctSet.normalize(hash), observer);
        long integerPart = (long) carry;
        carry -= integerPart;
        long growth = Math.max(0, Math.min(integerPart, max)); // growth above the maximum is lost
        byDay[day] += growth;
        return growth;
    }

    private void onStateChange(double decrement) {
        double weight = 1 / probability;
        carry += weight;
        variance += weight * (weight - 1);
        probability -= decrement;
    }

    @Override
    public long count() {
        long count = 0;
        for (long day : byDay) {
            count += day;
        }
        return count;
    }

    @Override
    public long[] byDay() {
        return byDay.clone();
    }

    @Override
    public double relativeError() {
        return variance == 0 ? 0 : absoluteError() / count();
    }

    /** Returns three standard errors of the count. */
    double absoluteError() {
        return 3 * Math.sqrt(variance);
    }

    @Override
    public int memoryBytes() {
        return 1 << PRECISION;
    }

    /** Returns a copy of the registers. */
    @Override
    public byte[] toBytes() {
        return registers.getState().clone();
    }
}
