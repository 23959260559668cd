package io.heartline.bench.result;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Percentiles of delays, in milliseconds. */
public record Delays(double p50, double p99, double p999, double max) {

    /** Returns a thread-safe histogram of nanoseconds with three significant digits. */
    public static Histogram histogram() {
        return new ConcurrentHistogram(3);
    }

    public static Delays of(Histogram nanos) {
        return new Delays(
                nanos.getValueAtPercentile(50) / 1e6,
                nanos.getValueAtPercentile(99) / 1e6,
                nanos.getValueAtPercentile(99.9) / 1e6,
                nanos.getMaxValue() / 1e6);
    }
}
