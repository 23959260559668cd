package io.heartline.bench;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** How late things came, in milliseconds. */
record Delays(double p50, double p99, double p999, double max) {

    /** For nanoseconds, three digits of which are kept. */
    static Histogram histogram() {
        return new ConcurrentHistogram(3);
    }

    static Delays of(Histogram nanos) {
        return new Delays(
                nanos.getValueAtPercentile(50) / 1e6,
                nanos.getValueAtPercentile(99) / 1e6,
                nanos.getValueAtPercentile(99.9) / 1e6,
                nanos.getMaxValue() / 1e6);
    }

    /** The table with a column for each. */
    static Table columns(Table table) {
        return table.column("p50 ms", "%.2f")
                .column("p99 ms", "%.2f")
                .column("p99.9 ms", "%.2f")
                .column("max ms", "%.2f");
    }
}
