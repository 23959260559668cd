package io.heartline.events;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an event stands in the log: {@code <epoch>-<partition>-<offset>}, such as {@code k3f9-3-1042}; before the first
 * record {@code k3f9-3-start}. Always inclusive: up to and with this event. Opaque to clients.
 *
 * @param epoch names the one log it belongs to, see {@link LikesLog#epoch()}
 * @param offset of the Kafka record, or {@link #BEFORE_FIRST}
 */
public record Position(String epoch, int partition, long offset) {

    public static final long BEFORE_FIRST = -1;

    private static final Pattern FORM =
            Pattern.compile("([0-9a-z]{4,16})-(0|[1-9][0-9]{0,8})-(start|0|[1-9][0-9]{0,17})");

    /** @throws IllegalArgumentException if the text is not a position; says nothing of whether the log has it */
    public static Position parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "must be a position as a POST, a frame or a report gave it, such as k3f9-3-1042");
        }
        String offset = form.group(3);
        return new Position(
                form.group(1),
                Integer.parseInt(form.group(2)),
                offset.equals("start") ? BEFORE_FIRST : Long.parseLong(offset));
    }

    /** The offset of the first record behind this position. */
    public long nextOffset() {
        return offset + 1;
    }

    @Override
    public String toString() {
        return epoch + '-' + partition + '-' + (offset == BEFORE_FIRST ? "start" : Long.toString(offset));
    }
}
