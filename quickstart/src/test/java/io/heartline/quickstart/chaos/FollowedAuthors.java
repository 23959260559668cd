package io.heartline.quickstart.chaos;

import io.heartline.events.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The state that a client of several authors keeps, as {@code docs/clients.md} describes. It has the position of each partition, and
 * the positions of the authors that have not joined. It also records the likes, and violations of the protocol.
 */
final class FollowedAuthors {

    private final Set<String> followed = new LinkedHashSet<>();
    private final Map<Integer, Position> partitions = new TreeMap<>();
    private final Map<String, Position> joining = new LinkedHashMap<>();
    private final Map<String, Integer> partitionOf = new HashMap<>(); // of each author that had a hello
    private final Map<String, Position> requested = new HashMap<>(); // by the latest message of each author
    private final Map<String, Position> unfollowed = new HashMap<>();
    private final Map<String, ReceivedLikes> current = new HashMap<>();
    private final List<ReceivedLikes> all = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int digests;

    FollowedAuthors(List<String> authors) {
        followed.addAll(authors);
    }

    /** Makes the only author start after a position. */
    void startAfter(String author, Position position) {
        partitionOf.put(author, position.partition());
        partitions.put(position.partition(), position);
        begin(author, position);
    }

    /** Returns the authors that a connection requests by its URL. */
    List<String> joined() {
        return followed.stream().filter(author -> !joining.containsKey(author)).toList();
    }

    /** Returns the authors that a new connection follows by messages, with their own positions. */
    Map<String, Position> joining() {
        return Map.copyOf(joining);
    }

    /** Returns the list of positions to resume after; null for a start at the log's end. */
    String after() {
        return partitions.isEmpty()
                ? null
                : partitions.values().stream().map(Position::toString).collect(Collectors.joining(","));
    }

    boolean isFollowed(String author) {
        return followed.contains(author);
    }

    boolean isJoining(String author) {
        return joining.containsKey(author);
    }

    /** Returns the position at which an author was unfollowed; null if it never was. */
    Position unfollowedAt(String author) {
        return unfollowed.get(author);
    }

    /**
     * Records a message that follows an author.
     *
     * @param after the position in the message; null for a start at the log's end
     */
    void request(String author, Position after) {
        requested.put(author, after);
    }

    /** Returns the position in the latest message that follows an author; null for a start at the log's end. */
    Position requestedAfter(String author) {
        return requested.get(author);
    }

    void hello(String author, Position position, boolean isRecovered) {
        Position expected;
        if (joining.containsKey(author) || !followed.contains(author)) {
            expected = requested.get(author);
            followed.add(author);
            joining.put(author, position);
        } else {
            expected = current.containsKey(author) ? partitions.get(position.partition()) : null;
            partitions.put(position.partition(), position);
        }
        partitionOf.put(author, position.partition());
        if (expected != null && !(isRecovered && position.equals(expected))) {
            problems.add(author + " resumed with " + expected + ", but the hello frame has " + position);
        }
        if (!current.containsKey(author)) {
            begin(author, position);
        }
    }

    private void begin(String author, Position start) {
        ReceivedLikes likes = new ReceivedLikes(author, start);
        current.put(author, likes);
        all.add(likes);
    }

    void like(String author, Position position, String eventId) {
        if (isReceiving(author, position)) {
            check(current.get(author).add(position, eventId), author, "again or out of order", position);
            advance(author, position);
        }
    }

    /**
     * Records a digest.
     *
     * @param only the only author of a digest without a list of authors
     */
    void digest(JsonNode frame, String only) {
        digests++;
        Position from = Position.parse(frame.path("from").stringValue());
        Position position = Position.parse(frame.path("position").stringValue());
        long sum = count(frame);
        String first = only;
        if (frame.has("authors")) {
            for (JsonNode part : frame.path("authors")) {
                first = part.path("author").stringValue();
                addDigest(first, from, position, count(part));
                sum -= count(part);
            }
            check(sum == 0, first, "in a digest with a wrong sum", position);
        } else {
            addDigest(only, from, position, sum);
        }
        advance(first, position);
    }

    private void addDigest(String author, Position from, Position position, long count) {
        if (isReceiving(author, position)) {
            check(current.get(author).addDigest(from, position, count), author, "again or out of order", position);
        }
    }

    private static long count(JsonNode sums) {
        return sums.path("liked").longValue() + sums.path("unliked").longValue();
    }

    private boolean isReceiving(String author, Position position) {
        check(current.containsKey(author), author, "although it is not followed", position);
        return current.containsKey(author);
    }

    /** Moves the position of a joining author, or else that of the author's partition. */
    private void advance(String author, Position position) {
        if (joining.containsKey(author)) {
            joining.put(author, position);
        } else {
            Position before = partitions.put(position.partition(), position);
            check(before == null || before.offset() < position.offset(), author, "after " + before, position);
        }
    }

    /** Handles a {@code position} frame with an author. */
    void join(String author, Position position) {
        Position own = joining.remove(author);
        check(own != null && own.offset() <= position.offset(), author, "joined after " + own, position);
        moveTo(position);
    }

    /** Handles a {@code position} frame without an author, an event's {@code id}, or the position of a poll. */
    void moveTo(String list) {
        Stream.of(list.split(",")).map(Position::parse).forEach(this::moveTo);
    }

    private void moveTo(Position position) {
        Position before = partitions.put(position.partition(), position);
        if (before != null && before.offset() > position.offset()) {
            problems.add("moved back from " + before + " to " + position);
        }
    }

    void unfollow(String author, Position position) {
        if (isReceiving(author, position)) {
            current.remove(author).end(position);
        }
        followed.remove(author);
        unfollowed.put(author, position);
        boolean hadJoined = joining.remove(author) == null;
        // the next author of the partition may be joining, and its position may be lower
        if (hadJoined && joined().stream().noneMatch(other -> isOf(other, position.partition()))) {
            partitions.remove(position.partition());
        }
    }

    private boolean isOf(String author, int partition) {
        return partitionOf.getOrDefault(author, -1) == partition;
    }

    private void check(boolean holds, String author, String what, Position position) {
        if (!holds) {
            problems.add("received %s: %s of %s".formatted(what, position, author));
        }
    }

    void addProblem(String problem) {
        problems.add(problem);
    }

    int digests() {
        return digests;
    }

    /** Returns whether the client has received the latest like of each followed author. */
    boolean hasReachedEnd(TopicContents records) {
        return followed.stream().allMatch(author -> hasReachedEnd(author, records));
    }

    boolean hasReachedEnd(String author, TopicContents records) {
        Position position = joining.containsKey(author)
                ? joining.get(author)
                : partitions.get(partitionOf.getOrDefault(author, -1));
        return position != null && position.offset() >= records.lastOffsetOf(author);
    }

    /** Compares the received likes with the log. Returns the differences and violations; empty if there are none. */
    List<String> findErrors(TopicContents records) {
        List<String> errors = new ArrayList<>(problems);
        all.forEach(likes -> errors.addAll(likes.findErrors(records.eventIdsOf(likes.author()))));
        return errors;
    }
}
