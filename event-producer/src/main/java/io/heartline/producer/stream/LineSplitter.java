package io.heartline.producer.stream;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Splits pieces of any size into lines. A line's bytes are valid until {@link #next} is called. Memory holds at most one piece and
 * one line.
 */
final class LineSplitter {

    private final int maxBytes;
    private byte[] bytes = new byte[0];
    private int unreadStart; // start of the bytes that were not returned as a line
    private int scanned; // no line ends before this index
    private int limit;
    private boolean isSkipping; // the rest of a line that was returned as too long
    private boolean isInputEnded;
    private int start;
    private int length;
    private boolean isTooLong;

    /** @param maxBytes maximum size of a line in bytes, without its end */
    LineSplitter(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds the next piece. May be called only after {@link #next} has returned false. */
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

    /** Ends the input. If bytes without a line end remain, they are the last line. */
    void endInput() {
        isInputEnded = true;
    }

    /** Moves to the next line. Returns false if it is not complete. */
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

    /** Returns false if the bytes are the end of a line that was returned before as too long. */
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

    /** Returns the array that contains the line. If the line {@link #isTooLong}, the array does not contain it. */
    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    /** Returns the number of bytes without the line's end. */
    int length() {
        return length;
    }

    boolean isTooLong() {
        return isTooLong;
    }
}
