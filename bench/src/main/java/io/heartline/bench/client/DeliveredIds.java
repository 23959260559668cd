package io.heartline.bench.client;

import java.util.BitSet;

/** The likes that one client received, and its longest time without one. */
final class DeliveredIds {

    private final BitSet numbers = new BitSet();
    private long last;
    private long longestSilence;

    /**
     * @param now of {@link System#nanoTime}
     * @return false if the client received this like before
     */
    boolean add(int number, long now) {
        if (!numbers.isEmpty()) {
            longestSilence = Math.max(longestSilence, now - last);
        }
        last = now;
        boolean isNew = !numbers.get(number);
        numbers.set(number);
        return isNew;
    }

    /** @param likes how many were sent */
    long lost(long likes) {
        return likes - numbers.cardinality();
    }

    /** Returns the longest time between two consecutive likes, in nanoseconds. */
    long longestSilence() {
        return longestSilence;
    }
}
