package io.heartline.gateway.stream;

/** Not now: answered with {@code Retry-After}, or with {@code retry} if an EventSource may ask. */
public final class StreamRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why not. */
    public enum Reason {
        /** The log cannot be read. */
        lost,
        /** This instance is stopping. */
        draining,
        /** This instance has as many as it takes. */
        full,
        /** The caller has as many as one caller may. */
        caller
    }

    private StreamRefusedException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** The gateway does not know where the log stands: not yet, or no longer. */
    public static StreamRefusedException logLost() {
        return new StreamRefusedException(Reason.lost, "The log of likes cannot be read at the moment.");
    }

    public static StreamRefusedException draining() {
        return new StreamRefusedException(Reason.draining, "This instance is stopping.");
    }

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

    /** A stream that a poll was to be answered from. */
    public static StreamRefusedException of(StreamClosedException closed) {
        return closed.getCause() instanceof StreamRefusedException refused
                ? refused
                : closed.reason() == StreamClosedException.Reason.draining ? draining() : logLost();
    }

    public Reason reason() {
        return reason;
    }

    /** Whether this instance refuses for a while, and another may not: it is full, or stopping. */
    public boolean isInstanceSpecific() {
        return reason == Reason.full || reason == Reason.draining;
    }
}
