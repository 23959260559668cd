package io.heartline.reports.run;

import java.time.Duration;
import java.util.Collection;
import java.util.stream.Collectors;

/** Kafka answers, and delivers nothing. */
final class StalledException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private StalledException(String message) {
        super(message);
    }

    /** Returns an exception for a run that has folded everything but these partitions. */
    static StalledException of(Collection<Integer> partitions, Duration stall) {
        return new StalledException("Kafka has delivered nothing of partition " + text(partitions) + " for "
                + stall.toSeconds() + " s; all other partitions are folded");
    }

    private static String text(Collection<Integer> partitions) {
        return partitions.stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
    }

    static StalledException after(Duration stall) {
        return new StalledException("Kafka has delivered nothing for " + stall.toSeconds() + " s");
    }
}
