package io.heartline.events;

/**
 * A record on the topic that is not a like event of a known type. A reader counts it and continues.
 */
public final class NotALikeEventException extends Exception {

    /** The kind of the record, by which readers count it. */
    public enum Reason {
        /** A well-formed event of a type that is newer than this reader. */
        UNKNOWN_TYPE,
        /** A like event in another partition than its author's, as a writer with another partitioner leaves it. */
        MISPLACED,
        /** Any other record: it is not JSON, a field is missing or malformed, or the key is wrong. */
        UNREADABLE
    }

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    NotALikeEventException(Reason reason, String message) {
        // no stack trace: a topic full of foreign records must not cost more than one full of likes
        super(message, null, false, false);
        this.reason = reason;
    }

    /**
     * Returns the kind of the record.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
