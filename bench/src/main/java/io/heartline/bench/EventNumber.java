package io.heartline.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** A like's id says which one of an author's it is, so that a follower can tell what is missing and what is told again. */
final class EventNumber {

    private static final byte[] FIELD = "\"id\":\"e-".getBytes(StandardCharsets.US_ASCII);

    private EventNumber() {}

    static String id(long number) {
        return "e-" + number;
    }

    /** Less than zero if the frame tells of no like of ours. */
    static int in(ByteBuf frame) {
        int at = Due.behind(frame, frame.readerIndex(), FIELD);
        if (at < 0) {
            return -1;
        }
        int number = 0;
        for (; frame.getByte(at) != '"'; at++) {
            number = number * 10 + Due.digit(frame.getByte(at));
        }
        return number;
    }
}
