package io.heartline.reports.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.events.Unliked;
import io.heartline.quickstart.backends.Backends;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.worker.TestApplication;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Live reports of an instance with a real topic, compared with the reports that its runs store. */
class LiveReportIT {

    private static TestTopic likes;
    private static ConfigurableApplicationContext batch;
    private static BatchClient http;

    private final String author = Backends.unique("author");
    private final Instant now = Instant.now();
    private int number;

    @BeforeAll
    static void start() throws Exception {
        likes = TestTopic.create(4);
        batch = TestApplication.start(
                new com.mongodb.event.CommandListener() {},
                Backends.newDatabase(),
                "heartline.reports.topic=" + likes.topic,
                "spring.kafka.bootstrap-servers=" + likes.broker,
                "heartline.reports.schedule=-");
        http = new BatchClient("http://localhost:" + batch.getEnvironment().getProperty("local.server.port"));
    }

    @AfterAll
    static void stop() {
        batch.close();
    }

    private EventStream open(String query) throws Exception {
        return EventStream.open(http.reportUri(author, "current") + query);
    }

    private Liked liked(String post, String liker) {
        return new Liked(author + '-' + number++, post, author, liker, now);
    }

    private JsonNode storedReport() throws Exception {
        return http.report(author, "current");
    }

    private static JsonNode withoutAsOf(JsonNode report) {
        return ((ObjectNode) report).without(Set.of("asOf"));
    }

    @Test
    void firstEvent_isTheStoredReportWithAllLaterLikes_andChangesFollow() throws Exception {
        likes.append(List.of(liked("p-1", "bob"), liked("p-2", "carol")));
        http.run();
        likes.append(List.of(liked("p-2", "dave"), liked("p-2", "dave")));

        try (EventStream stream = open("?every=0.2")) {
            EventStream.Event first = stream.next();
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.header("Content-Type")).startsWith("text/event-stream");
            assertThat(stream.header("Cache-Control")).isEqualTo("no-store");
            assertThat(stream.header("X-Accel-Buffering")).isEqualTo("no");
            assertThat(first.name()).isEqualTo("report");
            assertThat(first.data().path("likes").longValue()).isEqualTo(3);
            assertThat(first.data().path("events").path("liked").longValue()).isEqualTo(4);
            assertThat(first.id()).isEqualTo(first.data().path("through").stringValue());

            likes.append(List.of(new Unliked(author + "-unlike", "p-1", author, "bob", now), liked("p-3", "erin")));

            JsonNode changed = stream.awaitLikes(4);
            assertThat(changed.path("unlikes").longValue()).isEqualTo(1);
            assertThat(storedReport().path("likes").longValue())
                    .as("no run has folded them")
                    .isEqualTo(2);
            http.run();
            assertThat(withoutAsOf(storedReport())).isEqualTo(withoutAsOf(changed));
        }
    }

    @Test
    void authorWithoutLikes_hasZerosAndAPositionToContinueFrom() throws Exception {
        try (EventStream stream = open("")) {
            EventStream.Event first = stream.next();

            assertThat(first.data().path("likes").longValue()).isZero();
            assertThat(first.id()).matches("[0-9a-z]{8}-[0-3]-(start|[0-9]+)");
        }
    }

    @Test
    void randomLikes_liveReportEqualsTheStoredOne_forEachAuthor() throws Exception {
        List<String> authors = new ArrayList<>();
        List<EventStream> streams = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                String each = author + '-' + i;
                authors.add(each);
                likes.append(LikeFixtures.of(each, 200, i).stream()
                        .map(this::thisWeek)
                        .toList());
                streams.add(EventStream.open(http.reportUri(each, "current") + "?every=0.2"));
                likes.append(LikeFixtures.of(each, 200, 1_000 + i).stream()
                        .map(this::thisWeek)
                        .toList());
            }
            http.run();
            for (int i = 0; i < authors.size(); i++) {
                JsonNode stored = http.report(authors.get(i), "current");
                JsonNode live = streams.get(i)
                        .await(event -> event.name().equals("report")
                                && event.data().path("events").equals(stored.path("events")))
                        .data();
                assertThat(withoutProgress(live)).isEqualTo(withoutProgress(stored));
            }
        } finally {
            streams.forEach(EventStream::close);
        }
    }

    private LikeEvent thisWeek(LikeEvent event) {
        return event instanceof Liked
                ? new Liked(event.id(), event.postId(), event.authorId(), event.likerId(), now)
                : new Unliked(event.id(), event.postId(), event.authorId(), event.likerId(), now);
    }

    private static JsonNode withoutProgress(JsonNode report) {
        return ((ObjectNode) report).without(Set.of("asOf", "through"));
    }

    @Test
    void atLeast_firstEventIncludesThePosition() throws Exception {
        Position position = likes.append(liked("p-1", "bob"));

        try (EventStream stream = open("?atLeast=" + position)) {
            assertThat(stream.next().data().path("likes").longValue()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "every=0.1, /every",
        "every=61, /every",
        "every=x, /every",
        "every=, /every",
        "atLeast=x, /atLeast",
        "wait=5, /wait",
    })
    void invalidParameter_gets400ThatNamesIt(String query, String pointer) throws Exception {
        try (EventStream refused = open("?" + query)) {
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(refused.problem().toString()).contains(pointer.substring(1));
        }
    }

    @Test
    void positionBeyondTheEndOfTheLog_gets412() throws Exception {
        Position last = likes.append(liked("p-1", "bob"));
        Position beyond = new Position(last.epoch(), last.partition(), 999_999_999);

        try (EventStream refused = open("?atLeast=" + beyond)) {
            assertThat(refused.status()).isEqualTo(412);
            assertThat(refused.header("X-Accel-Buffering")).isNull(); // it is for streams
            assertThat(refused.problem().path("detail").stringValue()).contains("beyond the end of the log");
        }
    }

    @Test
    void headRequest_getsTheHeadAlone() throws Exception {
        HttpResponse<String> head = http.send(HttpRequest.newBuilder(http.reportUri(author, "current"))
                .header("Accept", "text/event-stream")
                .method("HEAD", BodyPublishers.noBody()));

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        assertThat(head.body()).isEmpty();
    }

    @Test
    void stoppedInstance_endsItsStreams_andServesAgainOnceItIsStarted() throws Exception {
        LiveReports live = batch.getBean(LiveReports.class);
        try (EventStream before = open("")) {
            before.next();

            live.stop();

            before.await("end");
            try (EventStream refused = open("")) {
                assertThat(refused.status()).isEqualTo(503);
            }
            live.start();
        }
        likes.append(liked("p-1", "bob"));
        try (EventStream after = open("")) {
            after.awaitLikes(1);
        }
    }

    @Test
    void lastClient_closes_andTheInstanceWatchesNothing() throws Exception {
        EventStream first = open("");
        EventStream second = open("");
        first.next();
        second.next();
        MeterRegistry registry = batch.getBean(MeterRegistry.class);
        await().until(() -> gauge(registry, "clients") >= 2);

        first.close();
        second.close();

        await().until(() -> gauge(registry, "clients") == 0 && gauge(registry, "authors") == 0);
    }

    private static double gauge(MeterRegistry registry, String name) {
        return registry.get("heartline.reports.live." + name).gauge().value();
    }
}
