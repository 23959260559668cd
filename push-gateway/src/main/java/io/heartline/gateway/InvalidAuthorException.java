package io.heartline.gateway;

/** The author in the URL breaks the rule for ids: answered with 400. */
final class InvalidAuthorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidAuthorException() {
        super("not an author's id", null, false, false);
    }
}
