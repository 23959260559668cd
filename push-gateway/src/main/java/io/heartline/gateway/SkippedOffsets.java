package io.heartline.gateway;

import java.util.HashMap;
import java.util.Map;

/** Counts the offsets that were skipped, each of them once, however often the log is read again. Used by one thread. */
final class SkippedOffsets {

    private final GatewayMetrics metrics;
    private final Map<Integer, Long> counted = new HashMap<>();
    private String epoch;

    SkippedOffsets(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    /** Called before a log is read. */
    void of(String log) {
        if (!log.equals(epoch)) {
            epoch = log;
            counted.clear();
        }
    }

    /**
     * Adds offsets of a partition.
     *
     * @param next the first one that is not skipped
     */
    void add(int partition, long from, long next) {
        long first = Math.max(from, counted.getOrDefault(partition, from));
        if (next > first) {
            metrics.undecodable(next - first);
            counted.put(partition, next);
        }
    }
}
