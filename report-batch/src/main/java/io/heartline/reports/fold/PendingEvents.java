package io.heartline.reports.fold;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import java.util.Arrays;

/**
 * Events of one author's week that were pulled and are not folded yet, in the order of the log. It stores only the
 * values that {@link WeeklyReport#fold(PendingEvents)} needs, which is a third of each event. So more events fit into
 * memory, and a report is loaded and saved less often.
 */
public final class PendingEvents {

    private static final int INITIAL_CAPACITY = 4;
    private static final byte LIKED = 1 << 3; // above the three bits of the day

    private final KeyedHash hash;
    private long[] offsets = new long[INITIAL_CAPACITY];
    private long[] likers = new long[INITIAL_CAPACITY];
    private long[] pairs = new long[INITIAL_CAPACITY];
    private String[] posts = new String[INITIAL_CAPACITY];
    private byte[] kinds = new byte[INITIAL_CAPACITY];
    private int size;

    /**
     * Creates an empty collection.
     *
     * @param hash hashes the likers and the pairs
     */
    public PendingEvents(KeyedHash hash) {
        this.hash = hash;
    }

    /**
     * Adds an event.
     *
     * @param event the event
     * @param day the day of the event's {@code at} in the reports' zone: 0 to 6, Monday first
     * @param offset the offset of its record, above all offsets that were added before
     */
    public void add(LikeEvent event, int day, long offset) {
        if (size == kinds.length) {
            grow(size * 2);
        }
        offsets[size] = offset;
        likers[size] = hash.hashLiker(event.likerId());
        pairs[size] = hash.hashPair(event.postId(), likers[size]);
        posts[size] = event.postId();
        kinds[size] = (byte) (event instanceof Liked ? LIKED | day : day);
        size++;
    }

    /**
     * Returns the number of events.
     *
     * @return 0 or more
     */
    public int size() {
        return size;
    }

    /**
     * Counts the events below an offset.
     *
     * @param offset exclusive
     * @return the number of events with a lower offset
     */
    public int countBelow(long offset) {
        int count = 0;
        while (count < size && offsets[count] < offset) {
            count++;
        }
        return count;
    }

    KeyedHash hash() {
        return hash;
    }

    long offset(int i) {
        return offsets[i];
    }

    long liker(int i) {
        return likers[i];
    }

    long pair(int i) {
        return pairs[i];
    }

    String post(int i) {
        return posts[i];
    }

    boolean isLiked(int i) {
        return (kinds[i] & LIKED) != 0;
    }

    int day(int i) {
        return kinds[i] & ~LIKED;
    }

    private void grow(int length) {
        offsets = Arrays.copyOf(offsets, length);
        likers = Arrays.copyOf(likers, length);
        pairs = Arrays.copyOf(pairs, length);
        posts = Arrays.copyOf(posts, length);
        kinds = Arrays.copyOf(kinds, length);
    }
}
