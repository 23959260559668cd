package io.heartline.reports.run;

import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;

/**
 * Progress and the log do not meet: records that no run has seen are gone, or the log is another one. Folding on would
 * publish wrong figures, so the run fails and overwrites nothing. {@link Acceptance} is the way on.
 */
final class LogGapException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LogGapException(String message) {
        super(message);
    }

    static LogGapException countsAnew(int partition) {
        return new LogGapException("positions of partition " + partition + " count anew since this run began");
    }

    /** What Kafka says while it is read. */
    static LogGapException rewritten(OffsetOutOfRangeException e) {
        String where = e.offsetOutOfRangePartitions().entrySet().stream()
                .map(gone -> "offset " + gone.getValue() + " of partition "
                        + gone.getKey().partition())
                .collect(Collectors.joining(", "));
        return new LogGapException(
                e instanceof LogTruncationException
                        ? "the log was cut off and written anew below what is folded: " + where
                        : where + " has left the log before it was folded");
    }
}
