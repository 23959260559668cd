package io.heartline.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** A like says by its liker when it was due to be sent, whichever way it goes, and so does whatever is made of it. */
final class Due {

    private static final byte[] FIELD = "\"likerId\":\"".getBytes(StandardCharsets.US_ASCII);

    private Due() {}

    /** @param nanos by {@link System#nanoTime} */
    static String liker(long nanos, long number) {
        return nanos + "-" + number;
    }

    /** @throws IllegalArgumentException if it is no like of ours */
    static long in(ByteBuf json) {
        int at = next(json, json.readerIndex());
        if (at < 0) {
            throw new IllegalArgumentException("no likerId in " + json.toString(StandardCharsets.UTF_8));
        }
        return at(json, at);
    }

    /** Where the next like says it, from there on; negative if there is none. */
    static int next(ByteBuf json, int from) {
        return behind(json, from, FIELD);
    }

    /** @param at where {@link #next} has found it */
    static long at(ByteBuf json, int at) {
        long nanos = 0;
        for (int digit = at; json.getByte(digit) != '-'; digit++) {
            nanos = nanos * 10 + digit(json.getByte(digit));
        }
        return nanos;
    }

    /** The index of what follows the text where it is first found, from there on; negative if it is not. */
    static int behind(ByteBuf json, int from, byte[] text) {
        for (int at = from; at < json.writerIndex(); at++) {
            if (matches(json, at, text)) {
                return at + text.length;
            }
        }
        return -1;
    }

    static int digit(byte character) {
        if (character < '0' || character > '9') {
            throw new IllegalArgumentException(
                    "a like that does not say what it should: not a digit but " + (char) character);
        }
        return character - '0';
    }

    static boolean matches(ByteBuf json, int at, byte[] text) {
        if (json.writerIndex() - at < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (json.getByte(at + i) != text[i]) {
                return false;
            }
        }
        return true;
    }
}
