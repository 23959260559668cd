package io.heartline.reports.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import io.heartline.events.Liked;
import io.heartline.quickstart.backends.Backends;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.worker.TestApplication;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An erasure on one instance reaches the live reports of another one within 10 s, and its caches within 1 s. */
class ErasureOnAnotherInstanceIT {

    private static final int PARTITIONS = 2;
    private static final Duration LIVE_LIMIT = Duration.ofSeconds(10);
    private static final Duration CACHE_LIMIT = Duration.ofSeconds(1);
    private static final String LIKER = "fan-1";

    private static TestTopic likes;
    private static List<ConfigurableApplicationContext> instances;
    private static BatchClient erasing;
    private static BatchClient other;

    private final String author = Backends.unique("author");
    private final Instant now = Instant.now();

    @BeforeAll
    static void start() throws Exception {
        likes = TestTopic.create(Backends.bootstrapServers(), PARTITIONS);
        String database = Backends.newDatabase();
        instances = List.of(startInstance(database), startInstance(database));
        erasing = client(instances.get(0));
        other = client(instances.get(1));
    }

    private static ConfigurableApplicationContext startInstance(String database) {
        return TestApplication.start(
                new CommandListener() {},
                database,
                "heartline.reports.topic=" + likes.topic,
                "spring.kafka.bootstrap-servers=" + Backends.bootstrapServers(),
                "heartline.reports.schedule=-");
    }

    private static BatchClient client(ConfigurableApplicationContext instance) {
        return new BatchClient("http://localhost:" + instance.getEnvironment().getProperty("local.server.port"));
    }

    @AfterAll
    static void stop() {
        instances.forEach(ConfigurableApplicationContext::close);
    }

    /** Three likers, of whom one has liked two posts. */
    @BeforeEach
    void likesOfThisWeekAndAPastOne() throws Exception {
        for (Instant at : new Instant[] {past(), now}) {
            for (String liker : new String[] {LIKER, "fan-2", "fan-3"}) {
                like("p-1", liker, at);
            }
            like("p-2", LIKER, at);
        }
        erasing.run();
    }

    private Instant past() {
        return now.minus(Duration.ofDays(21));
    }

    private String pastWeek() {
        return YearWeek.from(past().atOffset(ZoneOffset.UTC)).toString();
    }

    private void like(String post, String liker, Instant at) throws Exception {
        likes.append(new Liked(Backends.unique("e"), post, author, liker, at));
    }

    private void erase(String path) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(erasing.url() + "/v1/authors/" + author + path))
                .DELETE();
        assertThat(erasing.send(request).statusCode()).isEqualTo(204);
    }

    private EventStream open(String week) throws Exception {
        return EventStream.open(other.reportUri(author, week) + "?every=0.2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/likers/" + LIKER})
    void erasure_reachesALiveReport_andLaterLikesCount(String path) throws Exception {
        int remaining = path.isEmpty() ? 0 : 2;
        like("p-3", LIKER, now); // no run has folded it
        try (EventStream stream = open("current")) {
            assertThat(stream.next().data().path("likes").intValue()).isEqualTo(5);

            erase(path);

            JsonNode erased = stream.nextWithin(LIVE_LIMIT, "report");
            assertThat(erased.path("likes").intValue()).isEqualTo(remaining);
            assertThat(erased.path("likers").intValue()).isEqualTo(remaining);
            assertThat(erased.at("/events/liked").intValue()).isEqualTo(path.isEmpty() ? 0 : 5);
            like("p-1", LIKER, now);
            JsonNode live = stream.awaitLikes(remaining + 1);
            other.run();
            JsonNode stored = other.report(author, "current");
            for (String figure : new String[] {"likes", "likers", "events", "byDay", "topPosts", "through"}) {
                assertThat(stored.path(figure)).as(figure).isEqualTo(live.path(figure));
            }
        }
    }

    @Test
    void erasureOfALiker_reachesALiveReportOfASealedWeek_withItsRevision() throws Exception {
        erasing.run();
        try (EventStream stream = open(pastWeek())) {
            JsonNode before = stream.await(
                            event -> event.data().path("status").stringValue().equals("sealed"))
                    .data();
            assertThat(before.path("likes").intValue()).isEqualTo(4);

            erase("/likers/" + LIKER);

            JsonNode erased = stream.await(event -> event.data().path("likes").intValue() == 2)
                    .data();
            assertThat(erased.path("revision").intValue())
                    .isEqualTo(before.path("revision").intValue() + 1);
        }
        assertThat(other.report(author, pastWeek()).path("revision").intValue()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/likers/" + LIKER})
    void erasure_reachesTheCachedReportsAndTotals(String path) throws Exception {
        URI totals = URI.create(other.url() + "/v1/reports/" + pastWeek());
        int totalBefore = total(totals);
        for (int i = 0; i < 3; i++) {
            assertThat(other.report(author, "current").path("likes").intValue()).isEqualTo(4);
        }
        double hits = cacheHits();
        other.report(author, "current");
        assertThat(cacheHits()).as("control: the report is cached").isGreaterThan(hits);

        erase(path);

        long erased = path.isEmpty() ? 4 : 2;
        await().atMost(CACHE_LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> other.report(author, "current").path("likes").intValue() == 4 - erased);
        await().atMost(CACHE_LIMIT)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> total(totals) == totalBefore - erased);
    }

    private static int total(URI totals) throws Exception {
        return JsonMapper.shared()
                .readTree(other.send(HttpRequest.newBuilder(totals)).body())
                .path("likes")
                .intValue();
    }

    private static double cacheHits() {
        return instances
                .get(1)
                .getBean(MeterRegistry.class)
                .get("heartline.reports.read.cache")
                .tag("result", "hit")
                .counter()
                .count();
    }
}
