package io.heartline.producer;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Cuts what comes in pieces of any size into lines. They stand where they are until {@link #next} is asked for another; no
 * more is held than a piece and a line.
 */
final class Lines {

    private final int most;
    private byte[] bytes = new byte[0];
    private int from; // of what has not been told
    private int scanned; // no line ends before
    private int to;
    private boolean skipping; // the rest of a line that was told to be too long
    private boolean ended;
    private int start;
    private int length;
    private boolean tooLong;

    /** @param most bytes of a line, without its end */
    Lines(int most) {
        this.most = most;
    }

    /** The next piece; only once {@link #next} has said that there is no line. */
    void add(DataBuffer piece) {
        int rest = to - from;
        int needed = rest + piece.readableByteCount();
        byte[] target = needed <= bytes.length ? bytes : new byte[needed];
        System.arraycopy(bytes, from, target, 0, rest);
        scanned -= from;
        from = 0;
        to = needed;
        bytes = target;
        piece.read(bytes, rest, needed - rest);
    }

    /** There will be no further piece: what is there without an end is a line, too. */
    void end() {
        ended = true;
    }

    /** Goes on to the next line, if it is there whole. */
    boolean next() {
        while (scanned < to) {
            if (bytes[scanned++] == '\n') {
                int end = scanned - 1;
                int line = from;
                from = scanned;
                if (tell(line, end)) {
                    return true;
                }
            }
        }
        if (!skipping && to - from > most + 1) { // one more for a carriage return
            tooLong = true;
            skipping = true;
            from = to;
            return true;
        }
        if (skipping) {
            from = to;
        } else if (ended && from < to) {
            int line = from;
            from = to;
            return tell(line, to);
        }
        return false;
    }

    /** False if it is the end of one that was told before. */
    private boolean tell(int line, int end) {
        if (skipping) {
            skipping = false;
            return false;
        }
        start = line;
        length = end - line - (end > line && bytes[end - 1] == '\r' ? 1 : 0);
        tooLong = length > most;
        return true;
    }

    /** Of the line: where it stands; nothing of it is there if it is {@link #tooLong}. */
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

    boolean tooLong() {
        return tooLong;
    }
}
