package io.heartline.producer.stream;

import io.heartline.events.Position;
import io.heartline.producer.like.Problem;
import io.heartline.producer.like.RefusedException;
import java.nio.charset.StandardCharsets;

/** One line of a stream, from when it was read until its result is told; settled by whatever thread. */
final class InFlightLine {

    private final long number;
    private final int size;
    private final String eventId;
    private final boolean isEmpty;
    private Position position;
    private Exception failure;
    private volatile boolean isSettled;

    /**
     * @param number from 1
     * @param size that it takes up
     * @param eventId null if it is no event
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

    /** @param isEmpty whether it has no bytes, so that it counts as no progress of its stream */
    static InFlightLine refused(long number, RefusedException refusal, boolean isEmpty) {
        InFlightLine line = new InFlightLine(number, 0, null, isEmpty);
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

    int size() {
        return size;
    }

    /** What became of it, as a line of the answer. Ids and positions are of characters that JSON has as they are. */
    void writeResult(StringBuilder out) {
        out.append("{\"line\":").append(number);
        if (failure == null) {
            out.append(",\"status\":202,\"eventId\":\"").append(eventId).append("\",\"position\":\"");
            out.append(position.epoch()).append('-').append(position.partition());
            out.append('-').append(position.offset()).append("\"}\n");
        } else {
            writeProblem(Problem.of(RefusedException.of(failure)), out);
        }
    }

    private static void writeProblem(Problem problem, StringBuilder out) {
        out.append(",\"status\":").append(problem.status()).append(",\"problem\":");
        out.append(new String(problem.json(), StandardCharsets.UTF_8)).append("}\n");
    }

    /**
     * Writes the result of a line that was not taken.
     *
     * @param number from 1
     */
    static void writeRefusal(long number, Problem problem, StringBuilder out) {
        out.append("{\"line\":").append(number);
        writeProblem(problem, out);
    }
}
