package io.heartline.quickstart.chaos;

import io.heartline.events.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The likes of one author that a follower received between {@code hello} and {@code unfollowed}. */
final class ReceivedLikes {

    private final String author;
    private final long start;
    private final NavigableMap<Long, String> events = new TreeMap<>();
    private final List<Digest> digests = new ArrayList<>();
    private long last;
    private long end = Long.MAX_VALUE;

    /**
     * The author's part of a digest.
     *
     * @param from the offset after which the digest's events are, exclusive
     * @param upTo the offset of its last event, inclusive
     * @param count the number of the author's events
     */
    private record Digest(long from, long upTo, long count) {}

    /** @param start the position of {@code hello}, exclusive */
    ReceivedLikes(String author, Position start) {
        this.author = author;
        this.start = start.offset();
        this.last = start.offset();
    }

    String author() {
        return author;
    }

    /** Adds a like. Returns whether it is later than the previous frames of the author. */
    boolean add(Position position, String eventId) {
        events.put(position.offset(), eventId);
        return moveTo(position);
    }

    /** Adds the author's part of a digest. Returns whether it ends later than the previous frames of the author. */
    boolean addDigest(Position from, Position position, long count) {
        digests.add(new Digest(from.offset(), position.offset(), count));
        return moveTo(position);
    }

    private boolean moveTo(Position position) {
        boolean isLater = position.offset() > last;
        last = position.offset();
        return isLater;
    }

    /** @param position the position of {@code unfollowed}, inclusive */
    void end(Position position) {
        end = position.offset();
    }

    /**
     * Compares the likes with the log.
     *
     * @param logged the ids of the author's events, by offset
     * @return the differences; empty if there are none
     */
    List<String> findErrors(NavigableMap<Long, String> logged) {
        if (end < last) {
            return List.of("%s was unfollowed at %d, after a frame at %d".formatted(author, end, last));
        }
        List<String> errors = new ArrayList<>();
        NavigableMap<Long, String> expected = new TreeMap<>(logged.subMap(start, false, end, true));
        for (Digest digest : digests) {
            NavigableMap<Long, String> summed = expected.subMap(digest.from(), false, digest.upTo(), true);
            if (summed.size() != digest.count()) {
                errors.add(author + ": " + digest + " of " + summed.size() + " events");
            }
            summed.clear();
        }
        if (!expected.equals(events)) {
            NavigableMap<Long, String> missing = new TreeMap<>(expected);
            missing.entrySet().removeAll(events.entrySet());
            NavigableMap<Long, String> unexpected = new TreeMap<>(events);
            unexpected.entrySet().removeAll(expected.entrySet());
            errors.add("of %s, %d of %d likes are missing, first %s, and %d are not in the log, first %s"
                    .formatted(
                            author,
                            missing.size(),
                            expected.size(),
                            missing.firstEntry(),
                            unexpected.size(),
                            unexpected.firstEntry()));
        }
        return errors;
    }
}
