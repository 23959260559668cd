package io.heartline.producer.stream;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Cuts what comes in pieces of any size into lines. They stand where they are until {@link #next} is asked for another; no
 * more is held than a piece and a line.
 */
final class LineSplitter {

    private final int maxBytes;
    private byte[] bytes = new byte[0];
    private int unreadStart; // of what has not been told
    private int scanned; // no line ends before
    private int limit;
    private boolean isSkipping; // the rest of a line that was told to be too long
    private boolean isInputEnded;
    private int start;
    private int length;
    private boolean isTooLong;

    /** @param maxBytes bytes of a line, without its end */
    LineSplitter(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The next piece; only once {@link #next} has said that there is no line. */
    void add(DataBuffer piece) {
        int remaining = limit - unreadStart;
        int needed = remaining + piece.readableByteCount();
        byte[] target = needed <= bytes.length ? bytes : new byte[needed];
        System.arraycopy(bytes, unreadStart, target, 0, remaining);
        scanned -= unreadStart;
        unreadStart = 0;
        limit = needed;
        bytes = target;
        piece.read(bytes, remaining, needed - remaining);
    }

    /** There will be no further piece: what is there without an end is a line, too. */
    void endInput() {
        isInputEnded = true;
    }

    /** Goes on to the next line, if it is there whole. */
    boolean next() {
        while (scanned < limit) {
            if (bytes[scanned++] == '\n') {
                int lineEnd = scanned - 1;
                int lineStart = unreadStart;
                unreadStart = scanned;
                if (setLine(lineStart, lineEnd)) {
                    return true;
                }
            }
        }
        if (!isSkipping && limit - unreadStart > maxBytes + 1) { // one more for a carriage return
            isTooLong = true;
            isSkipping = true;
            unreadStart = limit;
            return true;
        }
        if (isSkipping) {
            unreadStart = limit;
        } else if (isInputEnded && unreadStart < limit) {
            int lineStart = unreadStart;
            unreadStart = limit;
            return setLine(lineStart, limit);
        }
        return false;
    }

    /** False if it is the end of one that was told before. */
    private boolean setLine(int lineStart, int lineEnd) {
        if (isSkipping) {
            isSkipping = false;
            return false;
        }
        start = lineStart;
        length = lineEnd - lineStart - (lineEnd > lineStart && bytes[lineEnd - 1] == '\r' ? 1 : 0);
        isTooLong = length > maxBytes;
        return true;
    }

    /** Of the line: where it stands; nothing of it is there if it is {@link #isTooLong}. */
    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    /** Without the line's end. */
    int length() {
        return length;
    }

    boolean isTooLong() {
        return isTooLong;
    }
}
