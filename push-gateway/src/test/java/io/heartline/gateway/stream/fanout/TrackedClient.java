package io.heartline.gateway.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.PositionList;
import io.heartline.gateway.stream.StartPoint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of several authors, which resumes as the documentation describes. It compares each frame with the log: no event is missing,
 * twice or in another order, and the sums of digests are exact.
 */
final class TrackedClient {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final FakeLog log;
    private final Set<String> posts;
    private final Duration digestInterval;
    private final Map<String, Author> authors = new LinkedHashMap<>();
    private final Map<Integer, Long> positions = new TreeMap<>(); // the resume point, by partition
    private DemandReader reader;
    private LikeStream stream;
    private int framesRead;

    /** An author that the client follows. */
    private static final class Author {
        long at; // the client has every event up to this offset
        boolean joined = true;
        boolean started;
        boolean leaving; // unfollow was sent
    }

    TrackedClient(FakeLog log, Set<String> posts, Duration digestInterval) {
        this.log = log;
        this.posts = posts;
        this.digestInterval = digestInterval;
    }

    Set<String> authors() {
        return authors.keySet();
    }

    boolean isConnected() {
        return reader != null;
    }

    /**
     * Connects at the present, or after the last positions. Authors that have not joined follow by messages, each after its own
     * position. If no author has joined, the first one is in the URL with its position.
     */
    void connect(Fanout instance, List<String> atFirst, long demand) {
        disconnect();
        framesRead = 0;
        authors.values().forEach(author -> author.leaving = false);
        atFirst.forEach(author -> authors.putIfAbsent(author, new Author()));
        if (authors.values().stream().noneMatch(author -> author.joined)) {
            positions.clear();
            String first = authors.keySet().iterator().next();
            authors.get(first).joined = true;
            if (authors.get(first).started) {
                positions.put(log.log.partitionOf(first), authors.get(first).at);
            }
        }
        List<String> joined = authors.keySet().stream()
                .filter(author -> authors.get(author).joined)
                .toList();
        positions.keySet().retainAll(joined.stream().map(log.log::partitionOf).toList());
        List<Position> after = positions.entrySet().stream()
                .map(entry -> log.position(entry.getKey(), entry.getValue()))
                .toList();
        FollowRequest request = new FollowRequest(joined, true, posts, digestInterval, Caller.named("client"));
        stream = instance.follow(request, after.isEmpty() ? StartPoint.NOW : StartPoint.after(PositionList.of(after)));
        reader = new DemandReader(demand);
        stream.attach(reader);
        authors.forEach((author, state) -> {
            if (!state.joined) {
                stream.follow(author, state.started ? StartPoint.after(position(author, state.at)) : StartPoint.NOW);
            }
        });
        readFrames();
    }

    private Position position(String author, long offset) {
        return log.position(log.log.partitionOf(author), offset);
    }

    void disconnect() {
        if (reader != null) {
            readFrames();
            reader.cancel();
            reader = null;
        }
    }

    void follow(String author, StartPoint start) {
        if (!authors.containsKey(author)) {
            Author added = new Author();
            added.joined = false;
            authors.put(author, added);
            stream.follow(author, start);
            readFrames();
        }
    }

    void unfollow(String author) {
        if (!authors.get(author).leaving) {
            authors.get(author).leaving = true;
            assertThat(stream.unfollow(author)).as("unfollow of %s", author).isNotNull();
            readFrames();
        }
    }

    void request(long frames) {
        reader.request(frames);
        readFrames();
    }

    /** Compares the frames that were received since the last call with the log. */
    void readFrames() {
        List<Frame> frames = reader.frames();
        for (; framesRead < frames.size(); framesRead++) {
            Frame frame = frames.get(framesRead);
            JsonNode json = JSON.readTree(frame.json().toString(StandardCharsets.UTF_8));
            switch (frame.kind()) {
                case hello -> onHello(json, frame.position());
                case like -> onLike(json, frame.position());
                case digest -> onDigest(json, frame.position());
                case position -> onPosition(json, frame);
                case unfollowed -> onUnfollowed(json.path("author").stringValue(), frame.position());
                default -> throw new AssertionError("unexpected " + json);
            }
        }
    }

    private void onHello(JsonNode hello, Position position) {
        Author author = authors.get(hello.path("author").stringValue());
        if (author.started) {
            assertThat(hello.path("recovered").booleanValue()).isTrue();
            skip(hello.path("author").stringValue(), position);
        }
        author.started = true;
        author.at = position.offset();
        if (author.joined) {
            positions.merge(position.partition(), position.offset(), Math::max);
        }
    }

    private void onLike(JsonNode like, Position position) {
        String id = like.path("event").path("authorId").stringValue();
        Author author = authors.get(id);
        assertThat(author).as("the author of %s", like).isNotNull();
        assertThat(author.at).as("position of %s before %s", id, position).isLessThan(position.offset());
        assertThat(events(id, author.at, position.offset()))
                .as("up to %s", position)
                .hasSize(1);
        assertThat(record(position)).isEqualTo(like.path("event"));
        author.at = position.offset();
        if (author.joined) {
            move(position);
        }
    }

    private void onDigest(JsonNode digest, Position position) {
        long liked = 0;
        long unliked = 0;
        List<String> listed = new ArrayList<>();
        for (JsonNode entry : digest.path("authors")) {
            String id = entry.path("author").stringValue();
            listed.add(id);
            List<JsonNode> events = events(id, authors.get(id).at, position.offset());
            assertThat(entry.path("liked").longValue())
                    .as("%s of %s", id, digest)
                    .isEqualTo(count(events, "liked"));
            assertThat(entry.path("unliked").longValue()).isEqualTo(count(events, "unliked"));
            liked += count(events, "liked");
            unliked += count(events, "unliked");
            authors.get(id).at = position.offset();
        }
        assertThat(digest.path("liked").longValue()).isEqualTo(liked);
        assertThat(digest.path("unliked").longValue()).isEqualTo(unliked);
        boolean isShared = listed.stream().allMatch(id -> authors.get(id).joined);
        assertThat(isShared || listed.size() == 1).as("authors of %s", digest).isTrue();
        if (isShared) {
            Position from = Position.parse(digest.path("from").stringValue());
            assertThat(from.offset()).as("from of %s", digest).isEqualTo(positions.get(position.partition()));
            move(position);
        }
    }

    private void onPosition(JsonNode json, Frame frame) {
        if (json.has("author")) {
            String id = json.path("author").stringValue();
            skip(id, frame.position());
            authors.get(id).joined = true;
            positions.merge(frame.position().partition(), frame.position().offset(), Math::max);
            move(frame.position());
        } else {
            frame.positions().positions().forEach(this::move);
        }
    }

    private void onUnfollowed(String id, Position position) {
        skip(id, position);
        authors.remove(id);
        if (joinedOf(position.partition()).isEmpty()) {
            positions.remove(position.partition()); // the partition is no longer one of the connection
        }
    }

    private List<String> joinedOf(int partition) {
        return authors.keySet().stream()
                .filter(id -> authors.get(id).joined && log.log.partitionOf(id) == partition)
                .toList();
    }

    /** Moves the joined authors of a partition to a position, before which none of them has an event that was not received. */
    private void move(Position position) {
        assertThat(positions.get(position.partition()))
                .as("moves back to %s", position)
                .isLessThanOrEqualTo(position.offset());
        positions.put(position.partition(), position.offset());
        joinedOf(position.partition()).forEach(id -> skip(id, position));
    }

    /** Moves an author to a position, before which it has no event that was not received. */
    private void skip(String id, Position position) {
        Author author = authors.get(id);
        assertThat(events(id, author.at, position.offset()))
                .as("events of %s before %s", id, position)
                .isEmpty();
        author.at = Math.max(author.at, position.offset());
    }

    /** Asserts that each event of the followed authors was received. */
    void assertComplete() {
        authors.forEach((id, author) -> assertThat(events(id, author.at, Long.MAX_VALUE))
                .as("events of %s that were not received", id)
                .isEmpty());
    }

    private JsonNode record(Position position) {
        return JSON.readTree(log.partitions
                .get(position.partition())
                .get((int) position.offset())
                .value());
    }

    private static long count(List<JsonNode> events, String type) {
        return events.stream()
                .filter(event -> event.path("type").stringValue().equals(type))
                .count();
    }

    /** Returns the events of an author that the client wants, after an offset and up to another. */
    private List<JsonNode> events(String author, long after, long upTo) {
        Stream<FakeRecord> records = log.partitions.get(log.log.partitionOf(author)).stream();
        return records.filter(record -> record.offset() > after && record.offset() <= upTo)
                .filter(record -> new String(record.key(), StandardCharsets.UTF_8).equals(author))
                .filter(record -> record.value()[0] == '{')
                .map(record -> JSON.readTree(record.value()))
                .filter(event ->
                        posts.isEmpty() || posts.contains(event.path("postId").stringValue()))
                .toList();
    }
}
