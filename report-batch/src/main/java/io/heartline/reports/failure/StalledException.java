package io.heartline.reports.failure;

import java.time.Duration;
import java.util.Collection;
import java.util.stream.Collectors;

/** Kafka is reachable but delivers no records. */
public final class StalledException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private StalledException(String message) {
        super(message);
    }

    /**
     * {@return an exception for a run that has folded everything but these partitions}
     *
     * @param partitions the numbers of the partitions, in any order
     * @param timeout how long Kafka has delivered none of their records; the message gives it in whole seconds
     */
    public static StalledException forPartitions(Collection<Integer> partitions, Duration timeout) {
        return new StalledException("Kafka has delivered nothing of partition " + text(partitions) + " for "
                + timeout.toSeconds() + " s; all other partitions are folded");
    }

    private static String text(Collection<Integer> partitions) {
        return partitions.stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /**
     * {@return an exception for a read that has received no record within the timeout}
     *
     * @param timeout how long Kafka has delivered no record; the message gives it in whole seconds
     */
    public static StalledException afterTimeout(Duration timeout) {
        return new StalledException("Kafka has delivered nothing for " + timeout.toSeconds() + " s");
    }
}
