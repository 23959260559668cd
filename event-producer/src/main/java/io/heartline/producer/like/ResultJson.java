package io.heartline.producer.like;

import io.heartline.events.Position;
import java.nio.charset.StandardCharsets;

/** Writes the result of one of many likes in an answer, as members of a JSON object. */
public final class ResultJson {

    private ResultJson() {}

    /**
     * Writes the result of a like in the log. Neither an event id nor a position contains a character that JSON escapes.
     *
     * @param eventId id of the event
     * @param position position of the like
     * @param out the JSON object without its end
     */
    public static void writeAccepted(String eventId, Position position, StringBuilder out) {
        out.append("\"status\":202,\"eventId\":\"").append(eventId).append("\",\"position\":\"");
        out.append(position.epoch()).append('-').append(position.partition());
        out.append('-').append(position.offset()).append('"');
    }

    /**
     * Writes the result of a like that was refused.
     *
     * @param problem the problem of the refusal, without an instance
     * @param out the JSON object without its end
     */
    public static void writeRefused(Problem problem, StringBuilder out) {
        out.append("\"status\":").append(problem.status()).append(",\"problem\":");
        out.append(new String(problem.json(), StandardCharsets.UTF_8));
    }
}
