package io.heartline.producer;

import io.heartline.events.Position;
import java.nio.charset.StandardCharsets;

/** One line of a stream, from when it was read until its result is told; settled by whatever thread. */
final class Line {

    private final long number;
    private final int bytes;
    private final String eventId;
    private final boolean isEmpty;
    private Position position;
    private Exception failure;
    private volatile boolean isSettled;

    /**
     * @param number from 1
     * @param bytes that it takes up
     * @param eventId null if it is no event
     */
    Line(long number, int bytes, String eventId) {
        this(number, bytes, eventId, false);
    }

    private Line(long number, int bytes, String eventId, boolean isEmpty) {
        this.number = number;
        this.bytes = bytes;
        this.eventId = eventId;
        this.isEmpty = isEmpty;
    }

    /** @param isEmpty whether it has no bytes, so that it counts as no progress of its stream */
    static Line refused(long number, RefusedException refusal, boolean isEmpty) {
        Line line = new Line(number, 0, null, isEmpty);
        line.settle(null, refusal);
        return line;
    }

    /** One of the two is null. */
    void settle(Position position, Exception failure) {
        this.position = position;
        this.failure = failure;
        isSettled = true;
    }

    boolean isSettled() {
        return isSettled;
    }

    /** Of one that is settled. */
    boolean isAccepted() {
        return failure == null;
    }

    Exception failure() {
        return failure;
    }

    boolean isEmpty() {
        return isEmpty;
    }

    int bytes() {
        return bytes;
    }

    /** What became of it, as a line of the answer. Ids and positions are of characters that JSON has as they are. */
    void tell(StringBuilder out) {
        out.append("{\"line\":").append(number);
        if (failure == null) {
            out.append(",\"status\":202,\"eventId\":\"").append(eventId).append("\",\"position\":\"");
            out.append(position.epoch()).append('-').append(position.partition());
            out.append('-').append(position.offset()).append("\"}\n");
        } else {
            RefusedException refusal =
                    failure instanceof RefusedException known ? known : RefusedException.unavailable(failure);
            tellProblem(Problem.of(refusal), out);
        }
    }

    private static void tellProblem(Problem problem, StringBuilder out) {
        out.append(",\"status\":").append(problem.status()).append(",\"problem\":");
        out.append(new String(problem.json(), StandardCharsets.UTF_8)).append("}\n");
    }

    /**
     * Writes the result of a line that was not taken.
     *
     * @param number from 1
     */
    static void tellRefused(long number, Problem problem, StringBuilder out) {
        out.append("{\"line\":").append(number);
        tellProblem(problem, out);
    }
}
