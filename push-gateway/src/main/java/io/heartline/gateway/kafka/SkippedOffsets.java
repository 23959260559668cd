package io.heartline.gateway.kafka;

import io.heartline.gateway.stream.metrics.GatewayMetrics;
import java.util.HashMap;
import java.util.Map;

/** A counter of skipped offsets. It counts each offset once, even if the log is read again. Thread-safe. */
final class SkippedOffsets {

    private final GatewayMetrics metrics;
    private final Map<Integer, Long> countedUpTo = new HashMap<>();
    private String epoch;

    SkippedOffsets(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    /**
     * Prepares for reading a log. If it is another log, its offsets are counted anew.
     *
     * @param newEpoch the epoch of the log that is read from now on
     */
    synchronized void startLog(String newEpoch) {
        if (!newEpoch.equals(epoch)) {
            epoch = newEpoch;
            countedUpTo.clear();
        }
    }

    /**
     * Counts skipped offsets of a partition.
     *
     * @param from the first skipped offset, inclusive
     * @param next the first offset after the skipped ones
     */
    synchronized void add(int partition, long from, long next) {
        long first = Math.max(from, countedUpTo.getOrDefault(partition, from));
        if (next > first) {
            metrics.records().undecodable(next - first);
            countedUpTo.put(partition, next);
        }
    }
}
