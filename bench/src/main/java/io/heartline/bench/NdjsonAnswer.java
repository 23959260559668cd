package io.heartline.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Checks an answer in NDJSON as it comes in: a line for each like, in the order in which they were sent, and a last one with
 * the sums. With {@code Prefer: return=minimal} those that were taken need not be told of one by one.
 */
final class NdjsonAnswer {

    private static final byte[] LINE = ascii("{\"line\":");
    private static final byte[] TAKEN = ascii(",\"status\":202,\"eventId\":\"");
    private static final byte[] DONE = ascii("{\"done\":true,\"accepted\":");
    private static final byte[] REFUSED = ascii(",\"refused\":");

    private final boolean minimal;
    private final ByteBuf begun = Unpooled.buffer();
    private ByteBuf text;
    private int at;
    private int end;
    private long last;
    private long taken;
    private long refused;
    private String refusal;
    private Sums sums;

    /** What the last line says. */
    record Sums(long accepted, long refused) {}

    NdjsonAnswer(boolean minimal) {
        this.minimal = minimal;
    }

    /** @throws CannotMeasureException if a line is not what it has to be */
    void add(ByteBuf part) {
        for (int length = part.bytesBefore((byte) '\n'); length >= 0; length = part.bytesBefore((byte) '\n')) {
            if (begun.isReadable()) {
                begun.writeBytes(part, length);
                check(begun, 0, begun.writerIndex());
                begun.clear();
            } else {
                check(part, part.readerIndex(), part.readerIndex() + length);
                part.skipBytes(length);
            }
            part.skipBytes(1);
        }
        begun.writeBytes(part);
    }

    private void check(ByteBuf lines, int from, int to) {
        text = lines;
        at = from;
        end = to;
        long before = last;
        if (sums != null) {
            throw new CannotMeasureException("after the last line there is " + line(from));
        } else if (skip(LINE)) {
            long number = number(from);
            if (minimal ? number <= last : number != last + 1) {
                throw new CannotMeasureException("after line " + last + " there is " + line(from));
            }
            last = number;
            if (skip(TAKEN)) {
                taken++;
            } else {
                refused++;
                refusal = refusal == null ? line(from) : refusal;
            }
            at = end - 1;
        } else if (skip(DONE)) {
            long accepted = number(from);
            sums = skip(REFUSED) ? new Sums(accepted, number(from)) : null;
        }
        boolean isKnown = sums != null || last > before;
        if (!isKnown || at != end - 1 || text.getByte(at) != '}') {
            throw new CannotMeasureException("not a line of an answer: " + line(from));
        }
    }

    private boolean skip(byte[] expected) {
        boolean found = end - at >= expected.length && Due.matches(text, at, expected);
        at += found ? expected.length : 0;
        return found;
    }

    private long number(int from) {
        long number = 0;
        int digits = at;
        for (; at < end && text.getByte(at) >= '0' && text.getByte(at) <= '9'; at++) {
            number = number * 10 + text.getByte(at) - '0';
        }
        if (at == digits) {
            throw new CannotMeasureException("no number where there should be one: " + line(from));
        }
        return number;
    }

    private String line(int from) {
        return text.toString(from, end - from, StandardCharsets.UTF_8);
    }

    /**
     * Once nothing more is to come.
     *
     * @throws CannotMeasureException if it was cut off, or its sums are not those of its lines or of the likes that were sent
     */
    Sums end(long sent) {
        if (begun.isReadable()) {
            throw new CannotMeasureException("the answer breaks off at " + begun.toString(StandardCharsets.UTF_8));
        }
        if (sums == null) {
            throw new CannotMeasureException("the answer breaks off after line " + last);
        }
        boolean told = sums.refused() == refused && (minimal || sums.accepted() == taken);
        if (!told || sums.accepted() + sums.refused() != sent) {
            throw new CannotMeasureException(Console.format(
                    "%,d lines were sent, %,d told as taken and %,d as refused, but %s", sent, taken, refused, sums));
        }
        return sums;
    }

    /** The first line that was refused; null if none was. */
    String refusal() {
        return refusal;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
