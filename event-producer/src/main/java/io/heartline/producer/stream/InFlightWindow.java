package io.heartline.producer.stream;

import io.heartline.producer.like.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** The lines of a stream that are on their way, in order, and what is to be told of those that have arrived. */
final class InFlightWindow {

    private static final int FLUSH_BYTES = 16 * 1024; // bytes or so that are written, and flushed, at once

    private final int maxLines;
    private final int maxBytes;
    private final boolean isMinimal;
    private final Deque<InFlightLine> lines = new ArrayDeque<>();
    private final Deque<String> heldResults = new ArrayDeque<>(); // as text, which takes less memory than refusals
    private final StringBuilder results = new StringBuilder();
    private volatile InFlightLine head;
    private int maxHeldResults;
    private boolean isHolding;
    private boolean hasTooManyHeld;
    private int bytes;
    private long accepted;
    private long refused;
    private long settledLines;

    /**
     * @param maxLines lines in it
     * @param maxBytes that they may take up
     * @param isMinimal whether only refused lines are told of
     */
    InFlightWindow(int maxLines, int maxBytes, boolean isMinimal) {
        this.maxLines = maxLines;
        this.maxBytes = maxBytes;
        this.isMinimal = isMinimal;
    }

    /**
     * Keeps results until {@link #releaseResults}.
     *
     * @param max results; with one more the window {@link #hasTooManyHeld}
     */
    void holdResults(int max) {
        maxHeldResults = max;
        isHolding = true;
    }

    /** Returns whether there was a result more than may be held. That result is lost, and so is every later one. */
    boolean hasTooManyHeld() {
        return hasTooManyHeld;
    }

    /** Ends {@link #holdResults}: {@link #writeSettled} writes the held results before all others. */
    void releaseResults() {
        isHolding = false;
    }

    boolean hasRoom() {
        return lines.size() < maxLines && bytes < maxBytes && results.length() < FLUSH_BYTES;
    }

    boolean isEmpty() {
        return lines.isEmpty() && heldResults.isEmpty();
    }

    /** Returns how many lines were settled that are not empty, from the beginning of the stream. */
    long settledLines() {
        return settledLines;
    }

    void add(InFlightLine line) {
        lines.add(line);
        bytes += line.size();
        if (head == null) {
            head = line;
        }
    }

    /** Takes back the one that was added last. */
    void removeLast() {
        bytes -= lines.removeLast().size();
        head = lines.peek();
    }

    /** Whether nothing can be told before this one is settled. To be asked by any thread. */
    boolean isHead(InFlightLine line) {
        return head == line;
    }

    /** Tells of what is settled, up to the first that is not; false if that was nothing. */
    boolean writeSettled() {
        boolean hasWritten = false;
        while (!isHolding && results.length() < FLUSH_BYTES && !heldResults.isEmpty()) {
            results.append(heldResults.remove());
            hasWritten = true;
        }
        while (results.length() < FLUSH_BYTES && head != null && head.isSettled()) {
            InFlightLine line = lines.remove();
            head = lines.peek();
            bytes -= line.size();
            hasWritten = true;
            if (line.isAccepted()) {
                accepted++;
            } else {
                refused++;
            }
            if (!line.isEmpty()) {
                settledLines++;
            }
            if (!isMinimal || !line.isAccepted()) {
                writeResult(line);
            }
        }
        return hasWritten;
    }

    private void writeResult(InFlightLine line) {
        if (!isHolding && !hasTooManyHeld) {
            line.writeResult(results);
        } else if (!hasTooManyHeld && heldResults.size() < maxHeldResults) {
            StringBuilder result = new StringBuilder();
            line.writeResult(result);
            heldResults.add(result.toString());
        } else {
            hasTooManyHeld = true;
        }
    }

    /** The last line of an answer that is whole. */
    void writeSummary() {
        results.append("{\"done\":true,\"accepted\":").append(accepted);
        results.append(",\"refused\":").append(refused).append("}\n");
    }

    /**
     * Writes the last line of an answer that ends before its request does.
     *
     * @param number of the first line that was not taken
     */
    void writeFinalRefusal(long number, Problem problem) {
        InFlightLine.writeRefusal(number, problem, results);
    }

    boolean hasResults() {
        return !results.isEmpty();
    }

    byte[] takeResults() {
        byte[] encoded = results.toString().getBytes(StandardCharsets.UTF_8);
        results.setLength(0);
        return encoded;
    }
}
