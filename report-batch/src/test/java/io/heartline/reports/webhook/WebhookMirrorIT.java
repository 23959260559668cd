package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.erasure.Eraser;
import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.ErasedChanges;
import io.heartline.reports.feed.pass.TestFeed;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.read.feed.StoredReports;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A mirror that is built from the webhook alone equals the reports of sealed weeks. Meanwhile weeks are sealed and corrected, authors are
 * erased, instances stop and start, and the receiver fails in every way.
 */
class WebhookMirrorIT {

    private static final int OPERATIONS = 40;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final TestDatabase database = new TestDatabase();
    private final JsonMapper json = new JsonMapper();
    private final List<TestWebhook> instances = new ArrayList<>();
    private TestReceiver receiver;
    private TestTopic likes;
    private Random random;
    private int likeCount;

    @BeforeEach
    void open() throws Exception {
        likes = TestTopic.create(2);
        receiver = new TestReceiver();
    }

    @AfterEach
    void close() {
        instances.forEach(TestWebhook::close);
        receiver.close();
        database.close();
        // a slow machine needs longer than the timeout at times
        receiver.violations.removeIf(violation -> violation.startsWith("two concurrent messages of "));
        assertThat(receiver.violations).isEmpty();
    }

    private TestReceiver.Answer randomAnswer(Random faults) {
        int fault;
        synchronized (faults) {
            fault = faults.nextInt(24);
        }
        return switch (fault) {
            case 0, 1 -> TestReceiver.status(500);
            case 2 -> TestReceiver.status(404);
            case 3 -> TestReceiver.redirect();
            case 4, 5 -> TestReceiver.disconnect();
            case 6 -> TestReceiver.brokenBody();
            case 7 -> TestReceiver.endlessBody();
            case 8 -> receiver.silence();
            default -> TestReceiver.acknowledge();
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void mirror_equalsTheReportsOfSealedWeeks(long seed) throws Exception {
        random = new Random(seed);
        Random faults = new Random(seed);
        receiver.answers = message -> randomAnswer(faults);
        instances.add(new TestWebhook(database.mongo, receiver.uri(), TIMEOUT).start());
        instances.add(new TestWebhook(database.mongo, receiver.uri(), TIMEOUT).start());
        for (int i = 0; i < OPERATIONS; i++) {
            operate();
        }
        enter();
        database.batch(likes).run();
        enter();
        receiver.answers = message -> TestReceiver.acknowledge();

        YearWeek sealed = TestDatabase.CALENDAR.latestSealed(database.clock.instant());
        Map<String, JsonNode> stored = StoredReports.of(database, sealed).entrySet().stream()
                .collect(Collectors.toMap(
                        report -> report.getKey().toString(),
                        report -> json.readTree(json.writeValueAsString(report.getValue()))));
        assertThat(stored).isNotEmpty();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(receiver.reports()).isEqualTo(stored));
        assertThat(receiver.received.size()).isGreaterThan(receiver.applied.size());
    }

    private void operate() throws Exception {
        switch (random.nextInt(10)) {
            case 0, 1 -> erase();
            case 2, 3 -> restartOneInstance();
            case 4 -> database.clock.advance(Duration.ofHours(random.nextInt(100)));
            case 5, 6 -> enter();
            default -> {
                append();
                BatchInstance batch = database.batch(likes);
                batch.run();
            }
        }
    }

    private void append() throws Exception {
        List<LikeEvent> events = new ArrayList<>();
        Instant now = database.clock.instant();
        for (int i = 0; i < 10; i++) {
            likeCount++;
            String author = TestDatabase.AUTHORS.get(random.nextInt(TestDatabase.AUTHORS.size()));
            Instant at = now.minus(Duration.ofDays(7L * random.nextInt(4)));
            events.add(new Liked("e-" + likeCount, "p-" + random.nextInt(3), author, "l-" + likeCount, at));
        }
        likes.append(events);
    }

    private void enter() {
        new TestFeed(database, () -> {}).enterMissing();
    }

    private void restartOneInstance() {
        int index = random.nextInt(instances.size());
        instances.get(index).close();
        instances.set(index, new TestWebhook(database.mongo, receiver.uri(), TIMEOUT).start());
    }

    private void erase() {
        new Eraser(
                        likes.clients(10),
                        new ErasureStore(database.mongo),
                        new ReportStore(database.mongo),
                        new ErasedChanges(new ChangeStore(database.mongo)),
                        new ProgressStore(database.mongo),
                        database.clock)
                .erase(TestDatabase.AUTHORS.get(random.nextInt(TestDatabase.AUTHORS.size())));
    }
}
