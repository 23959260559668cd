package io.heartline.producer.stream;

import io.heartline.events.Position;
import io.heartline.producer.like.Problem;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.like.ResultJson;

/** One line of a stream, until its result is written. Any thread may settle it. */
final class InFlightLine {

    private final long number;
    private final int size;
    private final String eventId;
    private final boolean isEmpty;
    private Position position;
    private Exception failure;
    private volatile boolean isSettled;

    /**
     * Creates a line that is not settled.
     *
     * @param number number of the line, starting at 1
     * @param size size of the line in bytes
     * @param eventId id of the line's event; null if the line is refused
     */
    InFlightLine(long number, int size, String eventId) {
        this(number, size, eventId, false);
    }

    private InFlightLine(long number, int size, String eventId, boolean isEmpty) {
        this.number = number;
        this.size = size;
        this.eventId = eventId;
        this.isEmpty = isEmpty;
    }

    /**
     * Returns a line that is settled with a refusal.
     *
     * @param isEmpty whether the line has no bytes, so that it is no progress of its stream
     */
    static InFlightLine refused(long number, RefusedException refusal, boolean isEmpty) {
        InFlightLine line = new InFlightLine(number, 0, null, isEmpty);
        line.settle(null, refusal);
        return line;
    }

    /**
     * Sets the result. One of the parameters is null.
     *
     * @param position position of the like, if Kafka has acknowledged it
     * @param failure why the like is not known to be in the log
     */
    void settle(Position position, Exception failure) {
        this.position = position;
        this.failure = failure;
        isSettled = true;
    }

    boolean isSettled() {
        return isSettled;
    }

    /** Returns whether a settled line was accepted. */
    boolean isAccepted() {
        return failure == null;
    }

    Exception failure() {
        return failure;
    }

    boolean isEmpty() {
        return isEmpty;
    }

    int size() {
        return size;
    }

    /** Writes the result of a settled line. */
    void writeResult(StringBuilder out) {
        if (failure == null) {
            out.append("{\"line\":").append(number).append(',');
            ResultJson.writeAccepted(eventId, position, out);
            out.append("}\n");
        } else {
            writeRefusal(number, Problem.of(RefusedException.of(failure)), out);
        }
    }

    /**
     * Writes the result of a line that was not sent.
     *
     * @param number number of the line, starting at 1
     */
    static void writeRefusal(long number, Problem problem, StringBuilder out) {
        out.append("{\"line\":").append(number).append(',');
        ResultJson.writeRefused(problem, out);
        out.append("}\n");
    }
}
