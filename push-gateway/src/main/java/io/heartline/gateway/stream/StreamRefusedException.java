package io.heartline.gateway.stream;

/**
 * The refusal of a request for likes at the moment. The response has the status 429 or 503 and {@code Retry-After}. If another
 * instance may accept an EventSource, it receives a stream with {@code retry} instead.
 */
public final class StreamRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** The reason of the refusal, by its name in metrics. */
    public enum Reason {
        /** The log cannot be read. */
        lost,
        /** This instance is stopping. */
        draining,
        /** This instance has reached its maximum. */
        full,
        /** The caller has reached the maximum of one caller. */
        caller
    }

    private StreamRefusedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /**
     * Returns the refusal while the log cannot be read: at the start, or because Kafka does not answer.
     *
     * @return an exception with the reason {@link Reason#lost}
     */
    public static StreamRefusedException logLost() {
        return new StreamRefusedException(Reason.lost, "The log of likes cannot be read at the moment.");
    }

    /**
     * Returns the refusal because this instance is stopping.
     *
     * @return an exception with the reason {@link Reason#draining}
     */
    public static StreamRefusedException draining() {
        return new StreamRefusedException(Reason.draining, "This instance is stopping.");
    }

    /**
     * Returns the refusal because this instance has reached a maximum.
     *
     * @param resource the plural of the limited resource
     * @param limit the maximum that is reached
     * @return an exception with the reason {@link Reason#full}
     */
    public static StreamRefusedException instanceLimitReached(String resource, GatewayLimits.Maximum limit) {
        return new StreamRefusedException(
                Reason.full,
                "This instance has " + limit.max() + " " + resource + " and takes no more (" + limit.setting() + ").");
    }

    static StreamRefusedException callerLimitReached(String resource, GatewayLimits.Maximum limit) {
        return new StreamRefusedException(
                Reason.caller,
                "You have " + limit.max() + " " + resource + " on this instance, which is the maximum of one caller ("
                        + limit.setting() + ").");
    }

    /**
     * Returns the refusal of a poll whose stream has ended before there was a frame for the response.
     *
     * @param closed the end of the stream
     * @return the refused read that ended the stream, if there is one; otherwise a refusal with the reason {@link Reason#draining}
     *     or {@link Reason#lost}
     */
    public static StreamRefusedException of(StreamClosedException closed) {
        return closed.getCause() instanceof StreamRefusedException refused
                ? refused
                : closed.reason() == StreamClosedException.Reason.draining ? draining() : logLost();
    }

    /**
     * Returns the reason of the refusal.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns whether another instance may accept the request.
     *
     * @return true if this instance is full or stopping
     */
    public boolean isInstanceSpecific() {
        return reason == Reason.full || reason == Reason.draining;
    }
}
