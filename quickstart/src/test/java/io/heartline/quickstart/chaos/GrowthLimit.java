package io.heartline.quickstart.chaos;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * One of the {@link ProcessStats}, and how much more of it there may be at the end of a soak than at its start.
 *
 * <p>The bounds are set by what a leak would come to in 18 minutes of {@link SoakIT}'s load, 216 000 likes, 5 400 readers who
 * come and go, and 216 runs: 24 bytes a like, a kilobyte a reader or 25 kilobytes a run are 5 MB of heap. Native memory and what
 * is resident may be more by compiled code, which ends by itself but not within minutes; a leak of a direct buffer of 16 KiB for
 * one reader in ten would still be seen. Threads and files are counted in ones, and both of a reader who was not let go would pile
 * up by the thousand.
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
     * @param unit how many of the value make one of the title
     * @param maxGrowth the largest growth that passes, in the unit of the title
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

    /** From the first sample to the last along the line that fits all of them best, so that one odd sample is not a trend. */
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
