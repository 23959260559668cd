package io.heartline.reports.fold;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * A set of hashes that stores for each hash the earliest day with which it was added. An entry is one {@code long}: 61
 * bits of hash and three of day. The table uses open addressing. The content does not depend on the order of additions.
 *
 * <p>Two of 16 384 hashes agree in 61 bits with a probability of 6 in 10^11. So one such set in 17 thousand million
 * counts one hash too few.
 *
 * <p>The first bits of a hash give the slot of its entry. So a caller that knows the secret and chooses ids by their hashes can
 * make all entries collide. If a search takes {@link #MAX_PROBES} steps, the set distributes its entries by a secret of this
 * process instead.
 */
final class DistinctSet implements DistinctCounter {

    private static final int DAY_BITS = 3;
    private static final long DAY_MASK = (1 << DAY_BITS) - 1;
    private static final int MIN_TABLE_LENGTH = 16;

    /**
     * The maximum number of steps of a search before the set uses its secret. Hashes that were not chosen need fewer
     * steps: in a table that is half full, the longest search of 16 384 takes 50.
     */
    static final int MAX_PROBES = 128;

    private static final long SECRET = new SecureRandom().nextLong();

    private long[] table;
    private int size;
    private boolean isRandomized;

    DistinctSet() {
        table = new long[MIN_TABLE_LENGTH];
    }

    /** Reads the bytes that {@link #toBytes()} returned. */
    static DistinctSet of(byte[] bytes) {
        DistinctSet set = new DistinctSet();
        set.resize(tableLengthFor(bytes.length / Long.BYTES));
        for (LongBuffer in = ByteBuffer.wrap(bytes).asLongBuffer(); in.hasRemaining(); ) {
            long entry = in.get();
            set.put(entry);
            set.size++;
        }
        return set;
    }

    /**
     * Returns the part of a hash that a set stores. A sketch counts the same part, so that it recognizes the hashes of
     * the set that it replaced.
     */
    static long normalize(long hash) {
        long key = hash >>> DAY_BITS;
        return key == 0 ? 1 << DAY_BITS : key << DAY_BITS; // an entry of 0 marks an empty slot
    }

    /** Adds a hash, or moves it to an earlier day. */
    @Override
    public long add(long hash, int day, long max) {
        long entry = normalize(hash) | day;
        int slot = findSlot(entry);
        if (table[slot] != 0) {
            table[slot] = Math.min(table[slot], entry);
            return 0;
        }
        table[slot] = entry;
        size++;
        if (size * 2 > table.length) {
            resize(table.length * 2);
        }
        return 1;
    }

    /** Returns whether a hash was added, on whichever day. */
    boolean contains(long hash) {
        return table[findSlot(normalize(hash))] != 0;
    }

    /**
     * Removes hashes.
     *
     * @param isRemoved asked once for each hash, as {@link #normalize} returns it
     * @return the number of removed hashes
     */
    int removeIf(LongPredicate isRemoved) {
        long[] old = table;
        int sizeBefore = size;
        table = new long[old.length];
        for (long entry : old) {
            if (entry != 0 && isRemoved.test(entry & ~DAY_MASK)) {
                size--;
            } else if (entry != 0) {
                put(entry);
            }
        }
        return sizeBefore - size;
    }

    @Override
    public long count() {
        return size;
    }

    @Override
    public long[] byDay() {
        long[] days = new long[7];
        for (long entry : table) {
            if (entry != 0) {
                days[(int) (entry & DAY_MASK)]++;
            }
        }
        return days;
    }

    @Override
    public double relativeError() {
        return 0;
    }

    @Override
    public int memoryBytes() {
        return table.length * Long.BYTES;
    }

    /** Returns eight bytes for each entry, in ascending order. The same set always has the same bytes. */
    @Override
    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(size * Long.BYTES);
        out.asLongBuffer().put(sortedEntries());
        return out.array();
    }

    private long[] sortedEntries() {
        long[] entries = new long[size];
        int count = 0;
        for (long entry : table) {
            if (entry != 0 && isRandomized) {
                entries[count++] = entry ^ Long.MIN_VALUE; // flips the sign, because the sort is signed
            } else if (entry != 0) {
                insertSorted(entry, entries, count++);
            }
        }
        if (isRandomized) {
            Arrays.sort(entries);
            Arrays.setAll(entries, i -> entries[i] ^ Long.MIN_VALUE);
        }
        return entries;
    }

    /** Inserts an entry in ascending order. The table is almost in this order, so it takes one or two steps. */
    private static void insertSorted(long entry, long[] sorted, int count) {
        int index = count;
        while (index > 0 && Long.compareUnsigned(sorted[index - 1], entry) > 0) {
            sorted[index] = sorted[index - 1];
            index--;
        }
        sorted[index] = entry;
    }

    /**
     * Passes each hash, as {@link #normalize} returns it, in an order that is almost random. A sketch estimates by new
     * hashes, so it must not get them in ascending order.
     */
    void forEach(LongConsumer consumer) {
        // if the order depended on the secret, the same set would have different estimates in two processes
        long[] order = isRandomized ? Arrays.copyOf(sortedEntries(), table.length) : table;
        for (int i = 0; i < order.length; i++) {
            long entry = order[scatter(i)];
            if (entry != 0) {
                consumer.accept(entry & ~DAY_MASK);
            }
        }
    }

    /**
     * Returns a permutation of the slots. A multiplication by an odd number can be undone, and so can the XOR of higher
     * bits into lower bits.
     */
    private int scatter(int i) {
        int mask = table.length - 1;
        int half = Integer.numberOfTrailingZeros(table.length) / 2;
        int slot = i * 0x9E3779B1 & mask;
        slot ^= slot >>> half;
        slot = slot * 0x85EBCA6B & mask;
        return slot ^ slot >>> half;
    }

    /** Returns the slot that contains the entry of this hash, or that it belongs into. May replace the table. */
    private int findSlot(long entry) {
        int mask = table.length - 1;
        int slot = homeSlot(entry);
        for (int probes = 0; table[slot] != 0 && table[slot] >>> DAY_BITS != entry >>> DAY_BITS; probes++) {
            if (probes == MAX_PROBES && !isRandomized) {
                isRandomized = true;
                resize(table.length);
                return findSlot(entry);
            }
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /**
     * Returns the slot at which a search starts. The first bits of the entry give it, so the table is almost in order:
     * saving needs no sort, and loading passes through memory once. After a search that was too long, a hash of the
     * entry gives the slot.
     */
    private int homeSlot(long entry) {
        return (int) ((isRandomized ? mixWithSecret(entry >>> DAY_BITS) : entry)
                >>> Long.SIZE - Integer.numberOfTrailingZeros(table.length));
    }

    /** Hashes with the finalizer of SplitMix64: each bit of the result depends on each bit of the key and of the secret. */
    private static long mixWithSecret(long key) {
        long mixed = key ^ SECRET;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    /** Returns the number of slots that the longest search passes before it ends. */
    int longestProbe() {
        int longest = 0;
        for (int slot = 0; slot < table.length; slot++) {
            if (table[slot] != 0) {
                longest = Math.max(longest, slot - homeSlot(table[slot]) & table.length - 1);
            }
        }
        return longest;
    }

    private void resize(int length) {
        long[] old = table;
        table = new long[length];
        for (long entry : old) {
            if (entry != 0) {
                put(entry);
            }
        }
    }

    private void put(long entry) {
        int slot = findSlot(entry); // first, because it may replace the table
        table[slot] = entry;
    }

    private static int tableLengthFor(int entries) {
        return Math.max(MIN_TABLE_LENGTH, Integer.highestOneBit(Math.max(1, entries)) * 4);
    }
}
