package io.heartline.gateway.stream;

/** A position to resume from that no event of the author can have. */
public final class ForeignPositionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A position of another author's partition. */
    public ForeignPositionException() {
        super("a position of another author's partition", null, false, false);
    }
}
