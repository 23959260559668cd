package io.heartline.bench.load;

import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks an NDJSON answer while it arrives: a line for each like, in their order, and a last line with the sums. With
 * {@code Prefer: return=minimal}, lines for accepted likes are optional.
 */
final class NdjsonAnswer {

    private static final String ACCEPTED = ",\"status\":202,\"eventId\":\"";
    private static final Pattern LINE = Pattern.compile("\\{\"line\":(\\d+)(,.*)}");
    private static final Pattern DONE = Pattern.compile("\\{\"done\":true,\"accepted\":(\\d+),\"refused\":(\\d+)}");

    private final boolean minimal;
    private final ByteBuf incomplete = Unpooled.buffer();
    private long last;
    private long accepted;
    private long refused;
    private String refusal;
    private Sums sums;

    /** The numbers of the last line. */
    record Sums(long accepted, long refused) {}

    NdjsonAnswer(boolean minimal) {
        this.minimal = minimal;
    }

    /** @throws CannotMeasureException if a line is malformed or out of order */
    void add(ByteBuf part) {
        for (int length = part.bytesBefore((byte) '\n'); length >= 0; length = part.bytesBefore((byte) '\n')) {
            incomplete.writeBytes(part, length);
            part.skipBytes(1);
            String line = incomplete.toString(StandardCharsets.UTF_8);
            incomplete.clear();
            check(line);
        }
        incomplete.writeBytes(part);
    }

    private void check(String line) {
        if (sums != null) {
            throw new CannotMeasureException("after the last line there is " + line);
        }
        // the common case, without a regular expression
        if (line.startsWith("{\"line\":" + (last + 1) + ACCEPTED) && line.endsWith("}")) {
            last++;
            accepted++;
            return;
        }
        Matcher outcome = LINE.matcher(line);
        Matcher done = DONE.matcher(line);
        if (outcome.matches()) {
            long number = Long.parseLong(outcome.group(1));
            if (minimal ? number <= last : number != last + 1) {
                throw new CannotMeasureException("after line " + last + " there is " + line);
            }
            last = number;
            if (outcome.group(2).startsWith(ACCEPTED)) {
                accepted++;
            } else {
                refused++;
                refusal = refusal == null ? line : refusal;
            }
        } else if (done.matches()) {
            sums = new Sums(Long.parseLong(done.group(1)), Long.parseLong(done.group(2)));
        } else {
            throw new CannotMeasureException("not a line of an answer: " + line);
        }
    }

    /**
     * Returns the sums at the end of the answer.
     *
     * @throws CannotMeasureException if the answer is incomplete, or the sums differ from its lines or from the likes sent
     */
    Sums end(long sent) {
        if (incomplete.isReadable()) {
            throw new CannotMeasureException("the answer breaks off at " + incomplete.toString(StandardCharsets.UTF_8));
        }
        if (sums == null) {
            throw new CannotMeasureException("the answer breaks off after line " + last);
        }
        boolean matches = sums.refused() == refused && (minimal || sums.accepted() == accepted);
        if (!matches || sums.accepted() + sums.refused() != sent) {
            throw new CannotMeasureException(Console.format(
                    "%,d lines were sent, %,d answered as accepted and %,d as refused, but %s",
                    sent, accepted, refused, sums));
        }
        return sums;
    }

    /** Returns the first line that refuses a like; null if there is none. */
    String refusal() {
        return refusal;
    }
}
