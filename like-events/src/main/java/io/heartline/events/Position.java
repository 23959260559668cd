package io.heartline.events;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of an event in the log: {@code <epoch>-<partition>-<offset>}, such as {@code k3f9x2ab-3-1042}, or
 * {@code k3f9x2ab-3-start} before the first record. A position is inclusive: it covers its event and all earlier events of the
 * partition. Clients store it, and may compare the offsets of positions of one partition.
 *
 * @param epoch the name of the log, see {@link LikesLog#epoch()}
 * @param partition the partition, from 0
 * @param offset the offset of the Kafka record, or {@link #BEFORE_FIRST}
 */
public record Position(String epoch, int partition, long offset) {

    /** The offset of the position before the first record of a partition. */
    public static final long BEFORE_FIRST = -1;

    private static final Pattern FORM =
            Pattern.compile("([0-9a-z]{4,16})-(0|[1-9][0-9]{0,8})-(start|0|[1-9][0-9]{0,17})");

    /**
     * Reads a position. The log need not have it.
     *
     * @param text the text of a position
     * @return the position
     * @throws IllegalArgumentException if the text is not a position
     */
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

    /**
     * Returns the offset of the first record after this position.
     *
     * @return an offset, at least 0
     */
    public long nextOffset() {
        return offset + 1;
    }

    @Override
    public String toString() {
        return epoch + '-' + partition + '-' + (offset == BEFORE_FIRST ? "start" : Long.toString(offset));
    }
}
