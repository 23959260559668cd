package io.heartline.bench;

import java.util.Arrays;

/** When each author's likes were due, in the order they were sent: a report tells how many there are, and not which. */
final class Dues {

    private final long[][] dues;
    private final int[] counts;

    Dues(int authors) {
        dues = new long[authors][16];
        counts = new int[authors];
    }

    synchronized void add(int author, long due) {
        if (counts[author] == dues[author].length) {
            dues[author] = Arrays.copyOf(dues[author], 2 * counts[author]);
        }
        dues[author][counts[author]++] = due;
    }

    /** @param number of the author's like, the first is 0 */
    synchronized long get(int author, int number) {
        if (number >= counts[author]) {
            throw new CannotMeasureException("a report tells of more likes than were sent");
        }
        return dues[author][number];
    }
}
