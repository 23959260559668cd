package io.heartline.gateway.kafka;

import io.heartline.gateway.stream.GatewayMetrics;
import java.util.HashMap;
import java.util.Map;

/** Counts the offsets that were skipped, each of them once, however often the log is read again. Used by one thread. */
final class SkippedOffsets {

    private final GatewayMetrics metrics;
    private final Map<Integer, Long> countedUpTo = new HashMap<>();
    private String epoch;

    SkippedOffsets(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    /** Called before a log is read. */
    void startLog(String newEpoch) {
        if (!newEpoch.equals(epoch)) {
            epoch = newEpoch;
            countedUpTo.clear();
        }
    }

    /**
     * Adds offsets of a partition.
     *
     * @param next the first one that is not skipped
     */
    void add(int partition, long from, long next) {
        long first = Math.max(from, countedUpTo.getOrDefault(partition, from));
        if (next > first) {
            metrics.undecodable(next - first);
            countedUpTo.put(partition, next);
        }
    }
}
