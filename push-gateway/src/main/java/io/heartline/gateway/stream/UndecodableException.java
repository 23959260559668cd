package io.heartline.gateway.stream;

/** The failure of a read of history, because batches of the log cannot be decoded. */
public final class UndecodableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long nextDecodable;

    /**
     * Creates the failure for a range of offsets.
     *
     * @param from the first offset that cannot be decoded
     * @param next the first offset after it that can be decoded
     * @param cause the failure of Kafka's client
     */
    public UndecodableException(long from, long next, Throwable cause) {
        super("offsets " + from + " to " + (next - 1) + " cannot be decoded", cause);
        this.nextDecodable = next;
    }

    /**
     * Returns the first offset from which on the log can be read.
     *
     * @return the offset, inclusive
     */
    public long nextDecodable() {
        return nextDecodable;
    }
}
