package io.heartline.gateway.stream;

/** The failure of a resume: no event of the author can have the position. */
public final class ForeignPositionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates the failure for a position of another author's partition. */
    public ForeignPositionException() {
        super("a position of another author's partition", null, false, false);
    }
}
