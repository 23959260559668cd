package io.heartline.producer;

import java.util.List;

/** A body that is no like; nothing of it reached the topic. */
final class InvalidLikeException extends RuntimeException {

    /**
     * One thing to mend.
     *
     * @param pointer an RFC 6901 JSON pointer into the body; empty for the body as a whole
     */
    record FieldError(String pointer, String detail) {

        static FieldError of(String field, String detail) {
            return new FieldError("/" + field, detail);
        }
    }

    private static final long serialVersionUID = 1L;

    private final transient List<FieldError> errors;

    InvalidLikeException(List<FieldError> errors) {
        // the caller's mistake, not ours: no stack trace
        super("not a like: " + errors, null, false, false);
        this.errors = List.copyOf(errors);
    }

    List<FieldError> errors() {
        return errors;
    }
}
