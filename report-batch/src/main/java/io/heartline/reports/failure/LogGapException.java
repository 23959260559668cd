package io.heartline.reports.failure;

import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;

/**
 * Progress and the log do not meet: records that no run has seen are gone, or the log is another one. Folding on would
 * publish wrong figures, so the run fails and overwrites nothing. {@code OffsetReset} is the way on.
 */
public final class LogGapException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public LogGapException(String message) {
        super(message);
    }

    public static LogGapException offsetsReset(int partition) {
        return new LogGapException("positions of partition " + partition + " count anew since this run began");
    }

    /** What Kafka says while it is read. */
    public static LogGapException outOfRange(OffsetOutOfRangeException e) {
        String offsets = e.offsetOutOfRangePartitions().entrySet().stream()
                .map(entry -> "offset " + entry.getValue() + " of partition "
                        + entry.getKey().partition())
                .collect(Collectors.joining(", "));
        return new LogGapException(
                e instanceof LogTruncationException
                        ? "the log was cut off and written anew below what is folded: " + offsets
                        : offsets + " has left the log before it was folded");
    }
}
