package io.heartline.gateway;

/** A page cannot be read because batches of the log cannot be decoded. */
final class UndecodableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long next;

    /**
     * @param from the first offset that cannot be decoded
     * @param next the first offset after it that can be decoded
     */
    UndecodableException(long from, long next, Throwable cause) {
        super("offsets " + from + " to " + (next - 1) + " cannot be decoded", cause);
        this.next = next;
    }

    /** Returns the first offset from which on the log can be read. */
    long next() {
        return next;
    }
}
