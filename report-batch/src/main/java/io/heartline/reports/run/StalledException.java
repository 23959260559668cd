package io.heartline.reports.run;

import java.time.Duration;

/** Kafka answers, and delivers nothing. */
final class StalledException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private StalledException(String message) {
        super(message);
    }

    static StalledException after(Duration stall) {
        return new StalledException("Kafka has delivered nothing for " + stall.toSeconds() + " s");
    }
}
