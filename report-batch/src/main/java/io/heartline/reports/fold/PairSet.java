package io.heartline.reports.fold;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A set of hashes that remembers for each the earliest day of the week it was added with: 61 bits of hash and three of
 * day in one {@code long}, in open addressing. What it holds does not depend on the order of additions.
 */
final class PairSet {

    private static final int DAY_BITS = 3;
    private static final long DAY_MASK = (1 << DAY_BITS) - 1;
    private static final int SMALLEST_TABLE = 16;

    private long[] table;
    private int size;

    PairSet() {
        table = new long[SMALLEST_TABLE];
    }

    /** Reads what {@link #toBytes()} wrote. */
    static PairSet of(byte[] bytes) {
        PairSet set = new PairSet();
        set.resize(tableFor(bytes.length / Long.BYTES));
        for (ByteBuffer in = ByteBuffer.wrap(bytes); in.hasRemaining(); ) {
            long entry = in.getLong();
            set.table[set.slot(entry >>> DAY_BITS)] = entry;
            set.size++;
        }
        return set;
    }

    /**
     * Adds a hash, or moves it to an earlier day.
     *
     * @param day 0 to 6, Monday first
     * @return whether the hash is new to the set
     */
    boolean add(long hash, int day) {
        long key = hash >>> DAY_BITS;
        if (key == 0) {
            key = 1; // an entry of 0 marks an empty slot
        }
        int slot = slot(key);
        long entry = key << DAY_BITS | day;
        boolean isNew = table[slot] == 0;
        if (!isNew) {
            table[slot] = Math.min(table[slot], entry);
            return false;
        }
        table[slot] = entry;
        size++;
        if (size * 2 > table.length) {
            resize(table.length * 2);
        }
        return true;
    }

    int size() {
        return size;
    }

    /** How many hashes stand on each day, Monday first. */
    long[] byDay() {
        long[] days = new long[7];
        for (long entry : table) {
            if (entry != 0) {
                days[(int) (entry & DAY_MASK)]++;
            }
        }
        return days;
    }

    /** Eight bytes an entry, ascending: the same set is always the same bytes. */
    byte[] toBytes() {
        long[] entries =
                Arrays.stream(table).filter(entry -> entry != 0).sorted().toArray();
        ByteBuffer out = ByteBuffer.allocate(entries.length * Long.BYTES);
        out.asLongBuffer().put(entries);
        return out.array();
    }

    private int slot(long key) {
        int mask = table.length - 1;
        int slot = (int) (key ^ key >>> 32) & mask;
        while (table[slot] != 0 && table[slot] >>> DAY_BITS != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void resize(int length) {
        long[] old = table;
        table = new long[length];
        for (long entry : old) {
            if (entry != 0) {
                table[slot(entry >>> DAY_BITS)] = entry;
            }
        }
    }

    private static int tableFor(int entries) {
        return Math.max(SMALLEST_TABLE, Integer.highestOneBit(Math.max(1, entries)) * 4);
    }
}
