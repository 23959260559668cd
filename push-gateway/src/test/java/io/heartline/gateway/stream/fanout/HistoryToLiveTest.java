package io.heartline.gateway.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests random sequences of events, reads, disconnects and resumes with a small ring that evicts. In each sequence, readers see no
 * gap and no duplicate, in order. Sums of digests are exact, and the counters balance.
 */
class HistoryToLiveTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int STEPS = 600;
    private static final int READERS = 6;

    /** Returns the seeds. {@code -DargLine=-Dseam.seeds=20000} sets their number. */
    static IntStream seeds() {
        return IntStream.range(0, Integer.getInteger("seam.seeds", 200));
    }

    /** A reader with all its connections, one after the other. */
    private static final class TrackedReader {
        final FollowRequest request;
        final List<Frame> seen = new ArrayList<>();
        DemandReader reader;
        int framesCollected;
        int framesChecked;
        long lastDigest;
        Position start;
        Position last;

        TrackedReader(FollowRequest request) {
            this.request = request;
        }

        /** Asserts that a connection with digests receives no like, and at most one digest per interval. */
        void checkDigests(long nowMillis) {
            if (reader == null) {
                return;
            }
            List<Frame> frames = reader.frames();
            for (; framesChecked < frames.size(); framesChecked++) {
                Frame.Kind kind = frames.get(framesChecked).kind();
                assertThat(kind).isNotEqualTo(Frame.Kind.like);
                if (kind == Frame.Kind.digest) {
                    long interval = nowMillis / request.digestInterval().toMillis();
                    assertThat(interval).as("the interval of a second digest").isGreaterThan(lastDigest);
                    lastDigest = interval;
                }
            }
        }

        /** Collects the frames that were received since the last call. */
        void collect() {
            List<Frame> frames = reader.frames();
            for (; framesCollected < frames.size(); framesCollected++) {
                Frame frame = frames.get(framesCollected);
                if (frame.position() != null) {
                    seen.add(frame);
                    last = frame.position();
                    start = start == null ? last : start;
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noGap_noDuplicate_orderKept_sumsExact(int seed) throws Exception {
        Random random = new Random(seed);
        FakePartitionLog log = new FakePartitionLog(400L * (1 + random.nextInt(40)), 1 + random.nextInt(10));
        List<TrackedReader> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(new TrackedReader(new FollowRequest(
                    "alice",
                    i == 0 || i == 2 ? Set.of("p-1", "p-2") : Set.of(),
                    i == 1 || i == 2 ? Duration.ofSeconds(1 + random.nextInt(3)) : Duration.ZERO,
                    Caller.named("alice"))));
        }

        for (int step = 0; step < STEPS; step++) {
            TrackedReader tracked = readers.get(random.nextInt(READERS));
            log.beforePageDelivered = () -> appendLikes(log, random.nextInt(4));
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> log.like("alice", "p-" + random.nextInt(4));
                case 3 -> log.unlike("alice");
                case 4, 5 -> log.like("carol");
                case 6 -> log.append("alice", "not an event");
                case 7 -> log.tick(Duration.ofMillis(random.nextInt(2_000)));
                case 8 -> {
                    if (tracked.reader != null) {
                        tracked.reader.request(1 + random.nextInt(5));
                    }
                }
                default -> reconnect(tracked, log, random.nextInt(4));
            }
            readers.get(1).checkDigests(log.now / 1_000_000);
            readers.get(2).checkDigests(log.now / 1_000_000);
        }
        log.beforePageDelivered = () -> {};

        for (TrackedReader tracked : readers) {
            if (tracked.reader == null || tracked.reader.error != null) {
                reconnect(tracked, log, 0);
            }
            tracked.reader.request(Long.MAX_VALUE);
            log.tick(Duration.ofSeconds(20));
            tracked.collect();
            check(tracked, log);
            tracked.reader.cancel();
        }
        assertThat(log.count("matched"))
                .isEqualTo(log.count("outcomes", "delivered")
                        + log.count("outcomes", "digested")
                        + log.count("outcomes", "filtered")
                        + log.count("outcomes", "abandoned"));
        assertThat((double) log.records.size())
                .isEqualTo(log.count("records", "followed")
                        + log.count("records", "unfollowed")
                        + log.count("records", "unreadable"));
        assertThat(log.connections()).isZero();
    }

    /** Appends records of two authors, as in a busy partition between two steps of a client. */
    private static void appendLikes(FakePartitionLog log, int records) {
        for (int i = 0; i < records; i++) {
            log.like(i % 2 == 0 ? "carol" : "alice");
        }
    }

    private static void reconnect(TrackedReader tracked, FakePartitionLog log, int initialDemand) {
        if (tracked.reader != null) {
            tracked.collect();
            tracked.reader.cancel();
        }
        tracked.reader = new DemandReader(initialDemand);
        tracked.framesCollected = 0;
        tracked.framesChecked = 0;
        tracked.lastDigest = -1;
        if (tracked.last == null) {
            log.follow(tracked.request, tracked.reader);
        } else {
            log.resume(tracked.request, tracked.last, tracked.reader);
        }
        tracked.collect();
    }

    private static void check(TrackedReader tracked, FakePartitionLog log) throws Exception {
        long at = tracked.start.offset();
        for (Frame frame : tracked.seen) {
            long offset = frame.position().offset();
            List<JsonNode> between = eventsOf(tracked, log, at, offset);
            switch (frame.kind()) {
                case hello -> assertThat(offset).as("resumes at its position").isEqualTo(at);
                case like -> {
                    assertThat(between).as("up to %s", frame).hasSize(1);
                    assertThat(frame.json().toString(StandardCharsets.UTF_8))
                            .endsWith("\"event\":" + value(log, offset) + "}");
                }
                case digest -> {
                    JsonNode digest = JSON.readTree(frame.json().toString(StandardCharsets.UTF_8));
                    assertThat(Position.parse(digest.path("from").stringValue()).offset())
                            .as("begins at the client's position")
                            .isEqualTo(at);
                    assertThat(digest.path("liked").longValue()).isEqualTo(count(between, "liked"));
                    assertThat(digest.path("unliked").longValue()).isEqualTo(count(between, "unliked"));
                }
                default -> assertThat(between).as("skipped by %s", frame).isEmpty();
            }
            at = offset;
        }
        assertThat(eventsOf(tracked, log, at, log.records.size() - 1L))
                .as("received every event")
                .isEmpty();
    }

    private static long count(List<JsonNode> events, String type) {
        return events.stream()
                .filter(event -> event.path("type").stringValue().equals(type))
                .count();
    }

    /**
     * Returns the events that the reader asked for.
     *
     * @param after exclusive
     * @param upTo inclusive
     */
    private static List<JsonNode> eventsOf(TrackedReader tracked, FakePartitionLog log, long after, long upTo)
            throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (long offset = after + 1; offset <= upTo; offset++) {
            String value = value(log, offset);
            if (value.startsWith("{")) {
                JsonNode event = JSON.readTree(value);
                if (event.path("authorId").stringValue().equals("alice")
                        && (tracked.request.posts().isEmpty()
                                || tracked.request
                                        .posts()
                                        .contains(event.path("postId").stringValue()))) {
                    events.add(event);
                }
            }
        }
        return events;
    }

    private static String value(FakePartitionLog log, long offset) {
        return new String(log.records.get((int) offset).value(), StandardCharsets.UTF_8);
    }
}
