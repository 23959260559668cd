package io.heartline.bench;

import java.util.BitSet;

/** Which likes one follower has been told, and what it had to wait. */
final class ToldNumbers {

    private final BitSet numbers = new BitSet();
    private long last;
    private long longestSilence;

    /**
     * @param now by {@link System#nanoTime}
     * @return false if it has been told before
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

    /** Of so many likes that there were. */
    long lost(long likes) {
        return likes - numbers.cardinality();
    }

    /** Nanoseconds between two likes in a row. */
    long longestSilence() {
        return longestSilence;
    }
}
