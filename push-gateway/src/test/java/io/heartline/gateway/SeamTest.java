package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
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
 * Readers come, read at their own pace, are cut off and come back with the last position they saw, while the log moves and a
 * small ring forgets. Whatever happens: no gap, no duplicate, order kept, sums exact, books balanced.
 */
class SeamTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int STEPS = 600;
    private static final int READERS = 6;

    /** More on request: {@code -DargLine=-Dseam.seeds=20000}. */
    static IntStream seeds() {
        return IntStream.range(0, Integer.getInteger("seam.seeds", 200));
    }

    /** One reader across its connections. */
    private static final class Life {
        final Following following;
        final List<Frame> seen = new ArrayList<>();
        Reader reader;
        int taken;
        int watched;
        long lastDigest;
        Position start;
        Position last;

        Life(Following following) {
            this.following = following;
        }

        /** Asserts that a connection with digests receives no like, and one digest an interval at most. */
        void noteDigests(long nowMillis) {
            if (reader == null) {
                return;
            }
            List<Frame> frames = reader.frames();
            for (; watched < frames.size(); watched++) {
                Frame.Kind kind = frames.get(watched).kind();
                assertThat(kind).isNotEqualTo(Frame.Kind.like);
                if (kind == Frame.Kind.digest) {
                    long interval = nowMillis / following.digestEvery().toMillis();
                    assertThat(interval).as("the interval of a second digest").isGreaterThan(lastDigest);
                    lastDigest = interval;
                }
            }
        }

        /** Notes what has arrived since the last time. */
        void note() {
            List<Frame> frames = reader.frames();
            for (; taken < frames.size(); taken++) {
                Frame frame = frames.get(taken);
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
        FakeLog log = new FakeLog(400L * (1 + random.nextInt(40)), 1 + random.nextInt(10));
        List<Life> lives = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            lives.add(new Life(new Following(
                    "alice",
                    i == 0 || i == 2 ? Set.of("p-1", "p-2") : Set.of(),
                    i == 1 || i == 2 ? Duration.ofSeconds(1 + random.nextInt(3)) : Duration.ZERO,
                    Caller.named("alice"))));
        }

        for (int step = 0; step < STEPS; step++) {
            Life life = lives.get(random.nextInt(READERS));
            log.beforePageIsHanded = () -> likeMeanwhile(log, random.nextInt(4));
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> log.like("alice", "p-" + random.nextInt(4));
                case 3 -> log.unlike("alice");
                case 4, 5 -> log.like("carol");
                case 6 -> log.append("alice", "not an event");
                case 7 -> log.tick(Duration.ofMillis(random.nextInt(2_000)));
                case 8 -> {
                    if (life.reader != null) {
                        life.reader.request(1 + random.nextInt(5));
                    }
                }
                default -> reconnect(life, log, random.nextInt(4));
            }
            lives.get(1).noteDigests(log.now / 1_000_000);
            lives.get(2).noteDigests(log.now / 1_000_000);
        }
        log.beforePageIsHanded = () -> {};

        for (Life life : lives) {
            if (life.reader == null || life.reader.error != null) {
                reconnect(life, log, 0);
            }
            life.reader.request(Long.MAX_VALUE);
            log.tick(Duration.ofSeconds(20));
            life.note();
            check(life, log);
            life.reader.cancel();
        }
        assertThat(log.count("matched"))
                .isEqualTo(log.count("settled", "delivered")
                        + log.count("settled", "folded")
                        + log.count("settled", "filtered")
                        + log.count("settled", "abandoned"));
        assertThat((double) log.records.size())
                .isEqualTo(log.count("records", "followed")
                        + log.count("records", "unfollowed")
                        + log.count("records", "unreadable"));
        assertThat(log.connections()).isZero();
    }

    /** A busy partition: records of several authors arrive between two steps of a client. */
    private static void likeMeanwhile(FakeLog log, int records) {
        for (int i = 0; i < records; i++) {
            log.like(i % 2 == 0 ? "carol" : "alice");
        }
    }

    private static void reconnect(Life life, FakeLog log, int atFirst) {
        if (life.reader != null) {
            life.note();
            life.reader.cancel();
        }
        life.reader = new Reader(atFirst);
        life.taken = 0;
        life.watched = 0;
        life.lastDigest = -1;
        if (life.last == null) {
            log.partition.follow(life.following, life.reader);
        } else {
            log.partition.resume(life.following, life.last, life.reader);
        }
        life.note();
    }

    private static void check(Life life, FakeLog log) throws Exception {
        long at = life.start.offset();
        for (Frame frame : life.seen) {
            long offset = frame.position().offset();
            List<JsonNode> between = eventsOf(life, log, at, offset);
            switch (frame.kind()) {
                case hello -> assertThat(offset).as("resumes where it was").isEqualTo(at);
                case like -> {
                    assertThat(between).as("up to %s", frame).hasSize(1);
                    assertThat(frame.json().toString(StandardCharsets.UTF_8))
                            .endsWith("\"event\":" + value(log, offset) + "}");
                }
                case digest -> {
                    JsonNode digest = JSON.readTree(frame.json().toString(StandardCharsets.UTF_8));
                    assertThat(Position.parse(digest.path("from").stringValue()).offset())
                            .as("begins where the client was")
                            .isEqualTo(at);
                    assertThat(digest.path("liked").longValue()).isEqualTo(count(between, "liked"));
                    assertThat(digest.path("unliked").longValue()).isEqualTo(count(between, "unliked"));
                }
                default -> assertThat(between).as("skipped by %s", frame).isEmpty();
            }
            at = offset;
        }
        assertThat(eventsOf(life, log, at, log.records.size() - 1L))
                .as("told of everything")
                .isEmpty();
    }

    private static long count(List<JsonNode> events, String type) {
        return events.stream()
                .filter(event -> event.path("type").stringValue().equals(type))
                .count();
    }

    /** Those that the reader asked for, behind one offset and up to another. */
    private static List<JsonNode> eventsOf(Life life, FakeLog log, long after, long upTo) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (long offset = after + 1; offset <= upTo; offset++) {
            String value = value(log, offset);
            if (value.startsWith("{")) {
                JsonNode event = JSON.readTree(value);
                if (event.path("authorId").stringValue().equals("alice")
                        && (life.following.posts().isEmpty()
                                || life.following
                                        .posts()
                                        .contains(event.path("postId").stringValue()))) {
                    events.add(event);
                }
            }
        }
        return events;
    }

    private static String value(FakeLog log, long offset) {
        return new String(log.records.get((int) offset).value(), StandardCharsets.UTF_8);
    }
}
