package io.heartline.producer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** The lines of a stream that are on their way, in order, and what is to be told of those that have arrived. */
final class Window {

    private static final int RESULTS = 16 * 1024; // bytes or so that are written, and flushed, at once

    private final int most;
    private final int mostBytes;
    private final boolean isMinimal;
    private final Deque<Line> lines = new ArrayDeque<>();
    private final Deque<String> held = new ArrayDeque<>(); // as text, which takes less memory than refusals
    private final StringBuilder results = new StringBuilder();
    private volatile Line head;
    private int maxHeld;
    private boolean isHolding;
    private boolean isOverfull;
    private int bytes;
    private long accepted;
    private long refused;
    private long settled;

    /**
     * @param most lines in it
     * @param mostBytes that they may take up
     * @param isMinimal whether only refused lines are told of
     */
    Window(int most, int mostBytes, boolean isMinimal) {
        this.most = most;
        this.mostBytes = mostBytes;
        this.isMinimal = isMinimal;
    }

    /**
     * Keeps results until {@link #release}.
     *
     * @param max results; with one more the window {@link #isOverfull}
     */
    void hold(int max) {
        maxHeld = max;
        isHolding = true;
    }

    /** Returns whether there was a result more than may be held. That result is lost, and so is every later one. */
    boolean isOverfull() {
        return isOverfull;
    }

    /** Ends {@link #hold}: {@link #tellSettled} writes the held results before all others. */
    void release() {
        isHolding = false;
    }

    boolean hasRoom() {
        return lines.size() < most && bytes < mostBytes && results.length() < RESULTS;
    }

    boolean isEmpty() {
        return lines.isEmpty() && held.isEmpty();
    }

    /** Returns how many lines were settled that are not empty, from the beginning of the stream. */
    long settled() {
        return settled;
    }

    void add(Line line) {
        lines.add(line);
        bytes += line.bytes();
        if (head == null) {
            head = line;
        }
    }

    /** Takes back the one that was added last. */
    void removeLast() {
        bytes -= lines.removeLast().bytes();
        head = lines.peek();
    }

    /** Whether nothing can be told before this one is settled. To be asked by any thread. */
    boolean waitsFor(Line line) {
        return head == line;
    }

    /** Tells of what is settled, up to the first that is not; false if that was nothing. */
    boolean tellSettled() {
        boolean isAny = false;
        while (!isHolding && results.length() < RESULTS && !held.isEmpty()) {
            results.append(held.remove());
            isAny = true;
        }
        while (results.length() < RESULTS && head != null && head.isSettled()) {
            Line line = lines.remove();
            head = lines.peek();
            bytes -= line.bytes();
            isAny = true;
            if (line.isAccepted()) {
                accepted++;
            } else {
                refused++;
            }
            if (!line.isEmpty()) {
                settled++;
            }
            if (!isMinimal || !line.isAccepted()) {
                tell(line);
            }
        }
        return isAny;
    }

    private void tell(Line line) {
        if (!isHolding && !isOverfull) {
            line.tell(results);
        } else if (!isOverfull && held.size() < maxHeld) {
            StringBuilder result = new StringBuilder();
            line.tell(result);
            held.add(result.toString());
        } else {
            isOverfull = true;
        }
    }

    /** The last line of an answer that is whole. */
    void sumUp() {
        results.append("{\"done\":true,\"accepted\":").append(accepted);
        results.append(",\"refused\":").append(refused).append("}\n");
    }

    /**
     * Writes the last line of an answer that ends before its request does.
     *
     * @param number of the first line that was not taken
     */
    void refuseRest(long number, Problem problem) {
        Line.tellRefused(number, problem, results);
    }

    boolean hasResults() {
        return !results.isEmpty();
    }

    byte[] takeResults() {
        byte[] told = results.toString().getBytes(StandardCharsets.UTF_8);
        results.setLength(0);
        return told;
    }
}
