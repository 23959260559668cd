package io.heartline.producer.stream;

import io.heartline.producer.like.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** The lines of a stream whose results are not written yet, in order, and the results that are ready to be sent. */
final class InFlightWindow {

    private static final int FLUSH_BYTES = 16 * 1024; // approximate size of the results that are flushed together

    private final int maxLines;
    private final int maxBytes;
    private final boolean isMinimal;
    private final Deque<InFlightLine> lines = new ArrayDeque<>();
    private final Deque<String> heldResults = new ArrayDeque<>(); // as text, which needs less memory than refusals
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
     * Creates an empty window.
     *
     * @param maxLines maximum number of lines
     * @param maxBytes size of the lines in bytes from which the window has no room
     * @param isMinimal whether only the results of refused lines are written
     */
    InFlightWindow(int maxLines, int maxBytes, boolean isMinimal) {
        this.maxLines = maxLines;
        this.maxBytes = maxBytes;
        this.isMinimal = isMinimal;
    }

    /** Returns an empty window for a stream, with its limits and options. */
    static InFlightWindow of(StreamSettings settings, ResultOptions options) {
        InFlightWindow window =
                new InFlightWindow(settings.maxInFlightLines(), settings.maxInFlightBytes(), options.isMinimal());
        if (options.isHeld()) {
            window.holdResults(settings.maxHeldResults());
        }
        return window;
    }

    /**
     * Holds results until {@link #releaseResults}.
     *
     * @param max maximum number of held results; with one more, {@link #hasTooManyHeld} returns true
     */
    void holdResults(int max) {
        maxHeldResults = max;
        isHolding = true;
    }

    /** Returns whether there were more results than may be held. The last of them and every later result are lost. */
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

    /** Returns the number of settled lines since the start of the stream, without empty lines. */
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

    /** Removes the line that was added last. */
    void removeLast() {
        bytes -= lines.removeLast().size();
        head = lines.peek();
    }

    /** Returns whether no result can be written before this line is settled. May be called by any thread. */
    boolean isHead(InFlightLine line) {
        return head == line;
    }

    /** Writes results up to the first line that is not settled. Returns false if there was no result to write. */
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

    /** Writes the last line of a complete answer. */
    void writeSummary() {
        results.append("{\"done\":true,\"accepted\":").append(accepted);
        results.append(",\"refused\":").append(refused).append("}\n");
    }

    /**
     * Writes the last line of an answer that ends before its request.
     *
     * @param number number of the first line that was not sent, starting at 1
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
