package io.heartline.producer.stream;

/** A phase of a stream. It decides what the stream does with its body, and how its answer may end. */
enum StreamPhase {
    /** Lines are sent. The answer ends with {@code done} once all lines are settled. */
    READING(false, false),

    /** There are more results than may be held. The body is read to its end, and no further line is sent. */
    DISCARDING(true, false),

    /**
     * The service stops: no further line is sent, and no further piece is requested. A piece that was requested before is still
     * added; without its lines, a stream whose body then ends would claim that it is {@code done}.
     */
    STOPPING(false, true),

    /**
     * Like {@link #STOPPING}, because the token has expired or the rest of the body cannot be decoded. The last line refuses the lines
     * that were not sent.
     */
    REFUSED(false, true),

    /** The stream stops after it has discarded lines. The answer has no last line. */
    ABANDONED(true, true);

    /** Whether pieces of the body are discarded. */
    final boolean isDiscarding;

    /** Whether the stream ends without the rest of its body. */
    final boolean isStopping;

    StreamPhase(boolean isDiscarding, boolean isStopping) {
        this.isDiscarding = isDiscarding;
        this.isStopping = isStopping;
    }

    StreamPhase afterStop() {
        return switch (this) {
            case READING -> STOPPING;
            case DISCARDING -> ABANDONED;
            case STOPPING, REFUSED, ABANDONED -> this;
        };
    }

    StreamPhase afterTooManyHeldResults() {
        return switch (this) {
            case READING -> DISCARDING;
            case STOPPING, REFUSED -> ABANDONED;
            case DISCARDING, ABANDONED -> this;
        };
    }
}
