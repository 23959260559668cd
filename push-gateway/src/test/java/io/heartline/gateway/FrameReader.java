package io.heartline.gateway;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import io.heartline.events.Position;
import io.netty.buffer.ByteBuf;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Counts and checks the frames of one client of one or several authors, over all its connections. */
abstract class FrameReader extends SimpleChannelInboundHandler<WebSocketFrame> {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern LIKE =
            Pattern.compile("\\{\"kind\":\"like\",\"position\":\"([^\"]+)\".{1,60}\"event\":\\{\"id\":\"([^\"]+)\"");
    private static final Pattern AUTHOR = Pattern.compile("\"authorId\":\"([^\"]+)\"");
    private static final int LIKE_BEGINS = 300;

    /** The authors to follow. */
    public final List<String> authors;

    private final Consumer<String> onLike;
    private final Map<Integer, Position> last = new TreeMap<>(); // by partition
    private final Map<String, Long> eventsOf = new ConcurrentHashMap<>();
    /** The number of events that were received, alone or in digests. */
    public volatile long eventsReceived;

    volatile long digests;
    private volatile long lastFrame; // by System.nanoTime()
    /** The partitions of the digests. */
    final Set<Integer> digestPartitions = ConcurrentHashMap.newKeySet();

    /** The number of streams that were opened. */
    public volatile int hellos;

    private int missingHellos; // of this connection

    /** The first violation of the protocol; null if there was none. */
    public volatile String violation;

    FrameReader(List<String> authors, Position after, Consumer<String> likeListener) {
        this.authors = authors;
        this.onLike = likeListener;
        if (after != null) {
            last.put(after.partition(), after);
        }
    }

    /** Begins a connection. Returns the parameter of its URL with the positions to resume after; empty if there are none. */
    String beginConnection() {
        missingHellos = authors.size();
        return last.isEmpty()
                ? ""
                : last.values().stream().map(Position::toString).collect(joining(",", "after=", ""));
    }

    void receive(ByteBuf frame) {
        lastFrame = System.nanoTime();
        String begin = frame.toString(
                frame.readerIndex(), Math.min(frame.readableBytes(), LIKE_BEGINS), StandardCharsets.UTF_8);
        Matcher like = LIKE.matcher(begin);
        if (like.lookingAt()) { // most frames are likes, and parsing them whole would be most of the test's work
            advance(Position.parse(like.group(1)), begin);
            count(authorOf(begin), 1);
            onLike.accept(like.group(2));
            return;
        }
        JsonNode other = JSON.readTree(frame.toString(StandardCharsets.UTF_8));
        if (other.path("kind").stringValue().equals("position")) {
            for (String each : other.path("position").stringValue().split(",")) {
                Position position = Position.parse(each);
                check(isAtOrAfterLast(position), "out of order", begin);
                last.put(position.partition(), position); // a heartbeat may repeat it
            }
            return;
        }
        Position position = Position.parse(other.path("position").stringValue());
        Position before = last.get(position.partition());
        switch (other.path("kind").stringValue()) {
            case "hello" -> {
                check(before == null || before.equals(position), "not resumed", begin);
                last.put(position.partition(), position);
                missingHellos--;
                hellos += missingHellos == 0 ? 1 : 0;
            }
            case "digest" -> {
                check(other.path("from").stringValue().equals(String.valueOf(before)), "a gap", begin);
                advance(position, begin);
                countDigest(other, begin);
                digests++;
                digestPartitions.add(position.partition());
            }
            default -> check(false, "an unknown frame", begin);
        }
    }

    private String authorOf(String like) {
        Matcher author = AUTHOR.matcher(like);
        return authors.size() > 1 && author.find() ? author.group(1) : authors.get(0);
    }

    private void countDigest(JsonNode digest, String begin) {
        long sum = weight(digest);
        if (digest.has("authors")) {
            for (JsonNode part : digest.path("authors")) {
                count(part.path("author").stringValue(), weight(part));
                sum -= weight(part);
            }
            check(sum == 0, "a wrong sum", begin);
        } else {
            count(authors.get(0), sum);
        }
    }

    private static long weight(JsonNode sums) {
        return sums.path("liked").longValue() + sums.path("unliked").longValue();
    }

    private void count(String author, long events) {
        eventsOf.merge(author, events, Long::sum);
        eventsReceived += events;
    }

    /**
     * Returns the number of each author's events that were received, alone or in digests.
     *
     * @return the number of events by author
     */
    public Map<String, Long> eventsByAuthor() {
        return authors.stream().collect(toMap(identity(), author -> eventsOf.getOrDefault(author, 0L)));
    }

    @Override
    public String toString() {
        return authors.size() + " authors, " + hellos + " streams, last frame "
                + Duration.ofNanos(System.nanoTime() - lastFrame).toMillis() + " ms ago, after " + last;
    }

    private void advance(Position to, String frame) {
        check(isAtOrAfterLast(to) && !to.equals(last.get(to.partition())), "out of order", frame);
        last.put(to.partition(), to);
    }

    private boolean isAtOrAfterLast(Position position) {
        Position before = last.get(position.partition());
        return before != null && before.offset() <= position.offset();
    }

    private void check(boolean holds, String what, String frame) {
        if (!holds && violation == null) {
            violation = what + " after " + last + ": " + frame;
        }
    }
}
