package io.heartline.bench.model;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Finds text in frames and answers without parsing their JSON, because a load generator receives very many of them. A like contains
 * its due time in its {@code likerId}, so every frame and answer does, and its number in its event id.
 */
public final class FrameText {

    private static final byte[] LIKE = ascii("{\"kind\":\"like\"");
    private static final byte[] DIGEST = ascii("{\"kind\":\"digest\"");
    private static final byte[] LIKER = ascii("\"likerId\":\"");
    private static final byte[] EVENT = ascii("\"id\":\"e-");

    private FrameText() {}

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    public static boolean isLike(ByteBuf frame) {
        return matches(frame, frame.readerIndex(), LIKE);
    }

    public static boolean isDigest(ByteBuf frame) {
        return matches(frame, frame.readerIndex(), DIGEST);
    }

    /** Returns the index after the first occurrence of a text at or after an index; negative if there is none. */
    static int after(ByteBuf in, int from, byte[] text) {
        for (int at = from; at < in.writerIndex(); at++) {
            if (matches(in, at, text)) {
                return at + text.length;
            }
        }
        return -1;
    }

    /** Returns the index after the last occurrence of a text; negative if there is none. */
    public static int afterLast(ByteBuf in, byte[] text) {
        for (int at = in.writerIndex() - text.length; at >= in.readerIndex(); at--) {
            if (matches(in, at, text)) {
                return at + text.length;
            }
        }
        return -1;
    }

    /** Returns the text from an index up to a character. */
    public static String upTo(ByteBuf in, int from, char end) {
        return in.toString(from, in.indexOf(from, in.writerIndex(), (byte) end) - from, StandardCharsets.US_ASCII);
    }

    /**
     * Returns the number that starts at an index.
     *
     * @throws IllegalArgumentException if another character than a digit comes before the end
     */
    static long number(ByteBuf in, int from, char end) {
        long number = 0;
        for (int at = from; in.getByte(at) != end; at++) {
            byte digit = in.getByte(at);
            if (digit < '0' || digit > '9') {
                throw new IllegalArgumentException("a like without a number: not a digit but " + (char) digit);
            }
            number = number * 10 + digit - '0';
        }
        return number;
    }

    public static boolean matches(ByteBuf in, int at, byte[] text) {
        if (in.writerIndex() - at < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (in.getByte(at + i) != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** @param nanos of {@link System#nanoTime} */
    public static String likerId(long nanos, long number) {
        return nanos + "-" + number;
    }

    /** @throws IllegalArgumentException if the text contains no like of the bench */
    public static long dueTime(ByteBuf json) {
        int at = nextDueTime(json, json.readerIndex());
        if (at < 0) {
            throw new IllegalArgumentException("no likerId in " + json.toString(StandardCharsets.UTF_8));
        }
        return dueTimeAt(json, at);
    }

    /** Returns the index of the next due time at or after an index; negative if there is none. */
    public static int nextDueTime(ByteBuf json, int from) {
        return after(json, from, LIKER);
    }

    /** @param at result of {@link #nextDueTime} */
    public static long dueTimeAt(ByteBuf json, int at) {
        return number(json, at, '-');
    }

    /** Returns the event id of a like by its number among those of its author. */
    public static String eventId(long number) {
        return "e-" + number;
    }

    /** Returns the number of the like in a frame; negative if the frame contains no like of the bench. */
    public static int eventNumber(ByteBuf frame) {
        int at = after(frame, frame.readerIndex(), EVENT);
        return at < 0 ? -1 : (int) number(frame, at, '"');
    }
}
