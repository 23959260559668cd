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
        int at = json.readerIndex();
        while (!matches(json, at, FIELD)) {
            if (++at >= json.writerIndex()) {
                throw new IllegalArgumentException("no likerId in " + json.toString(StandardCharsets.UTF_8));
            }
        }
        long nanos = 0;
        for (at += FIELD.length; json.getByte(at) != '-'; at++) {
            nanos = nanos * 10 + digit(json.getByte(at));
        }
        return nanos;
    }

    private static int digit(byte character) {
        if (character < '0' || character > '9') {
            throw new IllegalArgumentException("a likerId that does not say when it was due");
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
