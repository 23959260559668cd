package io.heartline.producer;

/** Kafka did not acknowledge in time: the event may be in the log or not, and only a retry makes sure. */
final class LogUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LogUnavailableException(Throwable cause) {
        super("Kafka did not acknowledge", cause);
    }
}
