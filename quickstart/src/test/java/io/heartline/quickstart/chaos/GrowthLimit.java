package io.heartline.quickstart.chaos;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * One value of {@link ProcessStats}, and how much it may grow between the start and the end of a soak test.
 *
 * <p>The limits are smaller than a leak in 18 minutes of {@link SoakIT}'s load: 216,000 likes, 5,400 short-lived readers and
 * 216 runs. A leak of 24 bytes per like, of a kilobyte per reader or of 25 kilobytes per run is 5 MB of heap. Native and resident
 * memory also grow by compiled code, which stops growing, but not within minutes. A leak of a direct buffer of 16 KiB for one
 * reader in ten would still exceed their limits. If the connections of readers leaked, there would be thousands of files.
 */
enum GrowthLimit {
    HEAP("live heap, MB", ProcessStats::heap, 1024 * 1024, 5),
    THREADS("threads", ProcessStats::threads, 1, 5),
    FILES("open files", ProcessStats::files, 1, 20),
    RESIDENT("resident, MB", ProcessStats::resident, 1024 * 1024, 40),
    NATIVE("native, committed, MB", ProcessStats::nativeMemory, 1024 * 1024, 20);

    final String title;
    final double maxGrowth;
    private final ToLongFunction<ProcessStats> value;
    private final double unit;

    /**
     * Creates a measure.
     *
     * @param unit how many units of the value are one unit of the title
     * @param maxGrowth the max growth that passes, in the unit of the title
     */
    GrowthLimit(String title, ToLongFunction<ProcessStats> value, double unit, double maxGrowth) {
        this.title = title;
        this.value = value;
        this.unit = unit;
        this.maxGrowth = maxGrowth;
    }

    double of(ProcessStats stats) {
        return value.applyAsLong(stats) / unit;
    }

    /**
     * Returns the growth between the first and the last sample. It follows the line of linear regression, so that one outlier is
     * not a trend.
     */
    double growth(List<ProcessStats> samples) {
        double middle = (samples.size() - 1) / 2.0;
        double mean = samples.stream().mapToDouble(this::of).average().orElseThrow();
        double numerator = 0;
        double denominator = 0;
        for (int i = 0; i < samples.size(); i++) {
            numerator += (i - middle) * (of(samples.get(i)) - mean);
            denominator += (i - middle) * (i - middle);
        }
        return numerator / denominator * (samples.size() - 1);
    }
}
