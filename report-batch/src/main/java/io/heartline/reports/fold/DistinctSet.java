package io.heartline.reports.fold;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * A set of hashes that remembers for each the earliest day of the week it was added with: 61 bits of hash and three of
 * day in one {@code long}, in open addressing. What it holds does not depend on the order of additions.
 *
 * <p>Two of 16 384 hashes agree in 61 bits with a probability of 6 in 10^11: one such set in 17 thousand million would count
 * one too few.
 *
 * <p>An entry's slot is given by the first bits of its hash, so a caller who knows the secret and chooses ids by their hashes
 * can make all of them collide. When a search has taken {@link #MAX_PROBES} steps, the set spreads its entries by a secret of
 * this process instead.
 */
final class DistinctSet implements DistinctCounter {

    private static final int DAY_BITS = 3;
    private static final long DAY_MASK = (1 << DAY_BITS) - 1;
    private static final int MIN_TABLE_LENGTH = 16;

    /** Hashes that were not chosen take fewer: in a table that is half full, 50 for the longest search of 16 384. */
    static final int MAX_PROBES = 128;

    private static final long SECRET = new SecureRandom().nextLong();

    private long[] table;
    private int size;
    private boolean isRandomized;

    DistinctSet() {
        table = new long[MIN_TABLE_LENGTH];
    }

    /** Reads what {@link #toBytes()} wrote. */
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

    /** What is kept of a hash: what is added to a sketch later must be what was added to a set before. */
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

    /** Eight bytes an entry, ascending: the same set is always the same bytes. */
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
                entries[count++] = entry ^ Long.MIN_VALUE; // unsigned order, in terms of a sort that is signed
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

    /** Into ascending order; in the table's order, which is almost that, it is a step or two. */
    private static void insertSorted(long entry, long[] sorted, int count) {
        int index = count;
        while (index > 0 && Long.compareUnsigned(sorted[index - 1], entry) > 0) {
            sorted[index] = sorted[index - 1];
            index--;
        }
        sorted[index] = entry;
    }

    /** As {@link #normalize}, and as good as at random: what estimates by what is new must not be shown it in order. */
    void forEach(LongConsumer consumer) {
        // an order that depended on the secret would give one set other estimates in each process
        long[] order = isRandomized ? Arrays.copyOf(sortedEntries(), table.length) : table;
        for (int i = 0; i < order.length; i++) {
            long entry = order[scatter(i)];
            if (entry != 0) {
                consumer.accept(entry & ~DAY_MASK);
            }
        }
    }

    /** Each slot once: to multiply by an odd number, and to add higher bits to lower ones, can both be undone. */
    private int scatter(int i) {
        int mask = table.length - 1;
        int half = Integer.numberOfTrailingZeros(table.length) / 2;
        int slot = i * 0x9E3779B1 & mask;
        slot ^= slot >>> half;
        slot = slot * 0x85EBCA6B & mask;
        return slot ^ slot >>> half;
    }

    /** Returns where the entry of this hash is, or belongs. May replace the table. */
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
     * Returns the slot at which a search begins. It is given by the first bits of the entry, so that the table is almost in
     * order: saving needs no sort, and loading passes through memory once. After a search that was too long, it is given by a
     * hash of the entry.
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

    /** Returns how many slots the search that is the longest now passes before it ends. */
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
        int slot = findSlot(entry); // before the table is read, which it may replace
        table[slot] = entry;
    }

    private static int tableLengthFor(int entries) {
        return Math.max(MIN_TABLE_LENGTH, Integer.highestOneBit(Math.max(1, entries)) * 4);
    }
}
