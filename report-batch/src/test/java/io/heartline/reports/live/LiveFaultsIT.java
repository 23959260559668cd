package io.heartline.reports.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.quickstart.backends.InProcessKafka.Node;
import io.heartline.quickstart.backends.InProcessKafka.RelayListener;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.progress.OffsetReset;
import io.heartline.reports.worker.TestApplication;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;

/**
 * Live reports of one instance while its backends fail, while operators erase an author or reset offsets, and while the instance stops.
 * The tests have an order because they share the instance: the first run seals a week, and the last test stops it.
 */
@Order(0) // starts first, because it takes long
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LiveFaultsIT {

    private static final int PARTITIONS = 4;

    /** The time after which a change by an operator has to be visible. */
    private static final Duration OPERATOR_LIMIT = Duration.ofSeconds(10);

    /** The maximum time until a request is refused: the loader may first wait for its own request, then for the client's. */
    private static final Duration REFUSAL_LIMIT = Duration.ofSeconds(25);

    private static final Duration RECOVERY = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private static InProcessKafka kafka;
    private static FaultyRelay kafkaRelay;
    private static InProcessMongo mongo;
    private static FaultyRelay mongoRelay;
    private static TestTopic likes;
    private static ConfigurableApplicationContext batch;
    private static BatchClient http;

    private final String author = Backends.unique("author");
    private final Instant now = Instant.now();
    private int number;

    @BeforeAll
    static void start() throws Exception {
        int[] ports = FreePorts.find(3);
        kafkaRelay = new FaultyRelay(ports[2]);
        kafka = InProcessKafka.startRelayed(
                folder.resolve("kafka"),
                Uuid.randomUuid().toString(),
                new Node(1, ports[0], ports[1]),
                new RelayListener(ports[2], kafkaRelay.port()));
        likes = TestTopic.create(kafka.bootstrapServers(), PARTITIONS);
        mongo = InProcessMongo.inMemory();
        String database = mongo.database("live");
        int mongoPort = URI.create(database).getPort();
        mongoRelay = new FaultyRelay(mongoPort);
        batch = TestApplication.start(
                new CommandListener() {},
                database.replace(":" + mongoPort, ":" + mongoRelay.port()),
                "heartline.reports.topic=" + likes.topic,
                "spring.kafka.bootstrap-servers=127.0.0.1:" + kafkaRelay.port(),
                "heartline.reports.schedule=-",
                "heartline.reports.mongo.timeout=4s",
                "heartline.reports.mongo.read-timeout=3s");
        http = new BatchClient("http://localhost:" + batch.getEnvironment().getProperty("local.server.port"));
    }

    @AfterAll
    static void stop() {
        batch.close();
        mongoRelay.close();
        mongo.close();
        kafkaRelay.close();
        kafka.close();
    }

    @AfterEach
    void heal() {
        kafkaRelay.heal();
        mongoRelay.heal();
    }

    private EventStream open() throws Exception {
        return open(author, "current");
    }

    private static EventStream open(String author, String week) throws Exception {
        return EventStream.open(http.reportUri(author, week) + "?every=0.2");
    }

    private Position like() throws Exception {
        return like(now);
    }

    /** Appends a like of another person, past the relay. */
    private Position like(Instant at) throws Exception {
        number++;
        return likes.append(new Liked(author + '-' + number, "p-1", author, "liker-" + number, at));
    }

    /** A stream that is refused with 503. The reports of other authors must not be loaded yet. */
    private static void assertRefused(String detail) throws Exception {
        long startedAt = System.nanoTime();
        try (EventStream refused = open(Backends.unique("new"), "current")) {
            assertThat(refused.status()).isEqualTo(503);
            assertThat(Duration.ofNanos(System.nanoTime() - startedAt)).isLessThan(REFUSAL_LIMIT);
            assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(refused.header("Retry-After")).isEqualTo("5");
            assertThat(refused.problem().path("detail").stringValue()).contains(detail);
        }
    }

    private static void assertNewStreamsWork() {
        await().atMost(RECOVERY).until(() -> {
            try (EventStream stream = open(Backends.unique("new"), "current")) {
                return stream.status() == 200 && stream.next().name().equals("report");
            }
        });
    }

    @Test
    @Order(1)
    void sealedWeek_getsItsStatusFromTheRun_andOneMoreRevisionForALateLike() throws Exception {
        Instant past = now.minus(Duration.ofDays(21));
        String week = YearWeek.from(past.atOffset(ZoneOffset.UTC)).toString();
        like(past);
        like(past);
        try (EventStream stream = open(author, week)) {
            JsonNode first = stream.next().data();
            assertThat(first.path("status").stringValue()).isEqualTo("open");
            assertThat(first.path("asOf").isNull()).as("no run has been yet").isTrue();

            http.run();

            JsonNode sealed = stream.await("report").data();
            assertThat(sealed.path("status").stringValue()).isEqualTo("sealed");
            assertThat(sealed.path("likes")).isEqualTo(first.path("likes"));
            assertThat(sealed.path("revision").intValue()).isEqualTo(1);

            like(past);

            assertThat(stream.awaitLikes(3).path("revision").intValue()).isEqualTo(2);
            http.run();
            assertThat(http.report(author, week).path("revision").intValue()).isEqualTo(2);
            like(past);
            stream.await(event -> event.data().path("likes").longValue() == 4
                    && event.data().path("revision").intValue() == 3); // one more than the run has stored
        }
    }

    @Test
    @Order(2)
    void silentKafka_openStreamsGoStale_newOnesAreRefused_andAllContinueAfterwards() throws Exception {
        try (EventStream stream = open()) {
            stream.next();
            like();
            stream.awaitLikes(1);

            kafkaRelay.blackHole();
            Instant outage = Instant.now();
            like();

            JsonNode stale =
                    stream.await(event -> !event.name().equals("through")).data();
            assertThat(Instant.parse(stale.path("since").stringValue()))
                    .isBeforeOrEqualTo(outage)
                    .isAfter(outage.minusSeconds(15));
            assertRefused("Kafka does not answer");
            try (EventStream another = open()) {
                assertThat(another.next().data().path("likes").longValue())
                        .as("the author is watched already")
                        .isEqualTo(1);
                assertThat(another.next().name()).isEqualTo("stale");
            }

            kafkaRelay.heal();

            stream.awaitLikes(2);
            assertNewStreamsWork();
        }
    }

    @Test
    @Order(3)
    void connectionsToKafkaVanish_openStreamsContinue() throws Exception {
        try (EventStream stream = open()) {
            stream.next();

            kafkaRelay.dropTargets();
            like();

            stream.awaitLikes(1);
            assertNewStreamsWork();
        }
    }

    @Test
    @Order(4)
    void silentMongo_openStreamsContinue_newOnesAreRefusedUntilItAnswers() throws Exception {
        try (EventStream stream = open()) {
            stream.next();

            mongoRelay.blackHole();
            like();

            stream.awaitLikes(1);
            assertRefused("database does not answer");
            try (EventStream ofTheSameAuthor = open()) {
                assertThat(ofTheSameAuthor.status()).isEqualTo(503);
            }
            like();
            stream.awaitLikes(2);

            mongoRelay.heal();

            assertNewStreamsWork();
            http.run();
            assertThat(http.report(author, "current").path("likes").longValue()).isEqualTo(2);
        }
    }

    @Test
    @Order(5)
    void erasedAuthor_openStreamGetsZeros_andCountsLaterLikes() throws Exception {
        like();
        http.run();
        like();
        try (EventStream stream = open()) {
            assertThat(stream.next().data().path("likes").longValue()).isEqualTo(2);

            HttpResponse<String> erased =
                    http.send(HttpRequest.newBuilder(URI.create(http.url() + "/v1/authors/" + author))
                            .DELETE());
            assertThat(erased.statusCode()).isEqualTo(204);

            assertThat(stream.nextWithin(OPERATOR_LIMIT, "report").path("likes").longValue())
                    .isZero();
            like();
            assertThat(stream.awaitLikes(1).path("events").path("liked").longValue())
                    .isEqualTo(1);
            http.run();
            assertThat(http.report(author, "current").path("likes").longValue()).isEqualTo(1);
        }
    }

    @Test
    @Order(6)
    void resetOffsets_openStreamKeepsTheFiguresThatRunsKeep() throws Exception {
        like();
        Position last = like();
        http.run();
        like();
        Position lost = like();
        Position kept = like();
        try (EventStream stream = open()) {
            assertThat(stream.next().data().path("likes").longValue()).isEqualTo(5);

            likes.deleteBefore(last.partition(), lost.nextOffset());
            assertThat(batch.getBean(OffsetReset.class).reset())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("are lost");

            JsonNode reset = stream.nextWithin(OPERATOR_LIMIT, "report");
            assertThat(reset.path("likes").longValue())
                    .as("no run can fold the lost likes")
                    .isEqualTo(3);
            assertThat(reset.path("through").stringValue()).isEqualTo(kept.toString());
            http.run();
            assertThat(http.report(author, "current").path("likes").longValue()).isEqualTo(3);
        }
    }

    @Test
    @Order(7)
    void topicCreatedAgain_openStreamKeepsItsFigures_andContinuesOnceTheNewLogIsAccepted() throws Exception {
        like();
        like();
        http.run();
        try (EventStream stream = open()) {
            assertThat(stream.next().data().path("likes").longValue()).isEqualTo(2);

            likes.recreate(PARTITIONS);
            String epoch = likes.log().epoch();
            JsonNode stale = stream.await("stale").data();
            assertThat(Instant.parse(stale.path("since").stringValue())).isBefore(Instant.now());
            assertRefused("The log does not continue the stored reports");
            assertThat(batch.getBean(OffsetReset.class).reset()).hasSize(PARTITIONS);

            JsonNode accepted = stream.nextWithin(OPERATOR_LIMIT, "report");
            assertThat(accepted.path("likes").longValue()).isEqualTo(2);
            assertThat(accepted.path("through").stringValue()).startsWith(epoch).endsWith("-start");
            Position first = like();
            assertThat(stream.awaitLikes(3).path("through").stringValue()).isEqualTo(first.toString());
            assertNewStreamsWork();
            http.run();
            assertThat(http.report(author, "current").path("likes").longValue()).isEqualTo(3);
        }
    }

    @Test
    @Order(8)
    void stoppedInstance_endsOpenStreamsImmediately() throws Exception {
        try (EventStream loaded = open();
                EventStream another = open(Backends.unique("author"), "previous")) {
            loaded.next();
            another.next();

            long startedAt = System.nanoTime();
            batch.close();

            assertThat(Duration.ofNanos(System.nanoTime() - startedAt)).isLessThan(Duration.ofSeconds(5));
            for (EventStream stream : List.of(loaded, another)) {
                stream.await("end");
                assertThat(stream.endedNormally()).isTrue();
            }
        }
    }
}
