package io.heartline.reports.failure;

import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;

/**
 * Progress and the log do not meet: records that no run has seen are gone, or the log is another one. To continue would
 * publish wrong figures, so the run fails and overwrites nothing. An operator continues with {@code OffsetReset}.
 */
public final class LogGapException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message how progress and the log differ, for operators */
    public LogGapException(String message) {
        super(message);
    }

    /**
     * {@return an exception for a partition whose offsets an operator has reset during a run}
     *
     * @param partition the partition's number, from 0
     */
    public static LogGapException offsetsReset(int partition) {
        return new LogGapException("offsets of partition " + partition + " were reset since this run began");
    }

    /**
     * {@return an exception for an offset that the consumer cannot read}
     *
     * @param e the consumer's exception, whose partitions and offsets the message names
     */
    public static LogGapException outOfRange(OffsetOutOfRangeException e) {
        String offsets = e.offsetOutOfRangePartitions().entrySet().stream()
                .map(entry -> "offset " + entry.getValue() + " of partition "
                        + entry.getKey().partition())
                .collect(Collectors.joining(", "));
        return new LogGapException(
                e instanceof LogTruncationException
                        ? "the log was truncated and rewritten below the folded offset: " + offsets
                        : offsets + " has left the log before it was folded");
    }
}
