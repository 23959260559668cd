package io.heartline.reports.run;

/** Kafka answers, and delivers nothing. */
final class StalledException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StalledException(String message) {
        super(message);
    }
}
