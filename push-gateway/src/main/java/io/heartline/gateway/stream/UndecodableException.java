package io.heartline.gateway.stream;

/** A page cannot be read because batches of the log cannot be decoded. */
public final class UndecodableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long nextDecodable;

    /**
     * @param from the first offset that cannot be decoded
     * @param next the first offset after it that can be decoded
     */
    public UndecodableException(long from, long next, Throwable cause) {
        super("offsets " + from + " to " + (next - 1) + " cannot be decoded", cause);
        this.nextDecodable = next;
    }

    /** Returns the first offset from which on the log can be read. */
    public long nextDecodable() {
        return nextDecodable;
    }
}
