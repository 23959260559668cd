package io.heartline.events;

/**
 * A record on the topic that is not a like event this version knows. Never a reason to stop reading: count it and go on.
 */
public final class NotALikeEventException extends Exception {

    /** What a reader counts the record as. */
    public enum Reason {
        /** A well-formed event of a type that is newer than this reader. */
        UNKNOWN_TYPE,
        /** A like event in another partition than its author's, as a writer with another partitioner leaves it. */
        MISPLACED,
        /** Anything else: not JSON, a field missing or malformed, the wrong key. */
        UNREADABLE
    }

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    NotALikeEventException(Reason reason, String message) {
        // no stack trace: a topic full of foreign records must not cost more than one full of likes
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
