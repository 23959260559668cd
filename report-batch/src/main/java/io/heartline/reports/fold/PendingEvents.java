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

    private static final int INITIAL_CAPACITY = 2;

    /** The numbers of an event: offset and kind, hash of the liker, hash of the pair. */
    private static final int NUMBERS = 3;

    private static final int DAY_BITS = 3;
    private static final int DAY_MASK = (1 << DAY_BITS) - 1;
    private static final int LIKED = 1 << DAY_BITS;
    private static final int KIND_BITS = DAY_BITS + 1;

    private final KeyedHash hash;
    /** In one array, because most events are of another report than the event before, and each array is a cache miss. */
    private long[] numbers = new long[NUMBERS * INITIAL_CAPACITY];

    private String[] posts = new String[INITIAL_CAPACITY];
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
        if (size == posts.length) {
            numbers = Arrays.copyOf(numbers, numbers.length * 2);
            posts = Arrays.copyOf(posts, size * 2);
        }
        long liker = hash.hashLiker(event.likerId());
        int i = size * NUMBERS;
        numbers[i] = offset << KIND_BITS | (event instanceof Liked ? LIKED : 0) | day;
        numbers[i + 1] = liker;
        numbers[i + 2] = hash.hashPair(event.postId(), liker);
        posts[size++] = event.postId();
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
        while (count < size && offset(count) < offset) {
            count++;
        }
        return count;
    }

    KeyedHash hash() {
        return hash;
    }

    long offset(int i) {
        return numbers[i * NUMBERS] >>> KIND_BITS;
    }

    long liker(int i) {
        return numbers[i * NUMBERS + 1];
    }

    long pair(int i) {
        return numbers[i * NUMBERS + 2];
    }

    String post(int i) {
        return posts[i];
    }

    boolean isLiked(int i) {
        return (numbers[i * NUMBERS] & LIKED) != 0;
    }

    int day(int i) {
        return (int) numbers[i * NUMBERS] & DAY_MASK;
    }
}
