package io.heartline.reports.fold;

import com.dynatrace.hash4j.distinctcount.StateChangeObserver;
import com.dynatrace.hash4j.distinctcount.UltraLogLog;

/**
 * Distinct hashes, estimated by a martingale over an UltraLogLog of 64 KiB (O. Ertl, "UltraLogLog: A Practical and More
 * Space-Efficient Alternative to HyperLogLog for Approximate Distinct Counting", 2024; D. Ting, "Streamed Approximate
 * Counting of Distinct Elements", 2014).
 *
 * <p>A hash that was there never changes the registers; a new one does with a probability p that they tell themselves. So
 * whenever they change, the count grows by 1/p: right on average, and never back. What it grows by belongs to one hash, so
 * it can be put on that hash's day, and parts always add up to the whole.
 *
 * <p>What a new hash adds has a variance of 1/p - 1, and these add up, since none is correlated with those before. Summing
 * (1 - p)/p² over the changes estimates that without knowing how many hashes were new: it is how the error is known, and an
 * exact beginning adds nothing to it. With m registers three standard errors approach 3 √(5 ln 2 / 8m), which is 0.77 %, and
 * stay below.
 *
 * <p>The same hashes in another order leave the same registers, and a count that differs within the error.
 */
final class DistinctSketch implements DistinctCounter {

    /**
     * 2^16 registers of a byte: three of them are half as large as the sets they follow, so fewer would not make the largest
     * document smaller. In a week of a million pairs, a seventh of it (a day, a popular post) is known to about 2 %.
     */
    private static final int PRECISION = 16;

    private final UltraLogLog registers;
    private final StateChangeObserver observer = this::onStateChange;
    private final long[] byDay;

    /** That the next new hash changes the registers. Kept, since to sum it up again would round it differently. */
    private double probability;

    /** What the whole numbers of {@link #byDay} leave over, below 1. */
    private double carry;

    private double variance;

    private DistinctSketch(UltraLogLog registers, long[] byDay) {
        this.registers = registers;
        this.byDay = byDay;
    }

    /** As of {@code exact}, whose count is the beginning of the estimate. */
    static DistinctSketch of(DistinctSet exact) {
        UltraLogLog registers = UltraLogLog.create(PRECISION);
        exact.forEach(registers::add);
        return of(registers.getState(), exact.byDay());
    }

    /** Goes on from registers and a count that is as good as exact. */
    static DistinctSketch of(byte[] registers, long[] byDay) {
        DistinctSketch sketch = new DistinctSketch(UltraLogLog.wrap(registers), byDay);
        sketch.probability = sketch.registers.getStateChangeProbability();
        return sketch;
    }

    /** Reads what {@link #toBytes}, {@link #byDay} and {@link #martingale} said. */
    static DistinctSketch of(byte[] registers, long[] byDay, Martingale martingale) {
        DistinctSketch sketch = new DistinctSketch(UltraLogLog.wrap(registers), byDay);
        sketch.probability = martingale.probability();
        sketch.carry = martingale.carry();
        sketch.variance = martingale.variance();
        return sketch;
    }

    /** Where the estimate stands. */
    record Martingale(double probability, double carry, double variance) {}

    Martingale martingale() {
        return new Martingale(probability, carry, variance);
    }

    @Override
    public long add(long hash, int day, long max) {
        registers.add(DistinctSet.normalize(hash), observer);
        long integerPart = (long) carry;
        carry -= integerPart;
        long growth = Math.max(0, Math.min(integerPart, max)); // what is cut is not made up for later
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

    /** Three standard errors of the count. */
    double absoluteError() {
        return 3 * Math.sqrt(variance);
    }

    @Override
    public int memoryBytes() {
        return 1 << PRECISION;
    }

    /** The registers. */
    @Override
    public byte[] toBytes() {
        return registers.getState().clone();
    }
}
