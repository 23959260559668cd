package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.FeedLease;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.feed.pass.TestFeed;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.worker.TestDatabase;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;

/** Which messages are sent, and how far the stored place moves, when receivers, instances and databases fail. */
@Order(0) // starts first, because it takes long
class WebhookDeliveryIT {

    private final TestDatabase database = new TestDatabase();
    private final TestReports reports = new TestReports(database);
    private final List<TestWebhook> started = new ArrayList<>();
    private TestReceiver receiver;

    @BeforeEach
    void open() throws Exception {
        receiver = new TestReceiver();
    }

    @AfterEach
    void close() {
        started.forEach(TestWebhook::close);
        receiver.close();
        database.close();
        assertThat(receiver.violations).isEmpty();
    }

    private TestWebhook start() {
        return start(receiver.uri());
    }

    private TestWebhook start(URI uri) {
        TestWebhook webhook = new TestWebhook(database.mongo, uri).start();
        started.add(webhook);
        return webhook;
    }

    private void failFor(String author) {
        receiver.answers =
                message -> message.author().equals(author) ? TestReceiver.status(500) : TestReceiver.acknowledge();
    }

    private void recover() {
        receiver.answers = message -> TestReceiver.acknowledge();
    }

    private long storedNumber() {
        Document document = database.mongo
                .findOne(Query.query(Criteria.where("_id").is("webhook")), Document.class, FeedStore.COLLECTION)
                .block();
        return document == null ? 0 : document.getLong("number");
    }

    private void awaitStored(long number) {
        await().untilAsserted(() -> assertThat(storedNumber()).isEqualTo(number));
    }

    private static String[] authors(int count) {
        return IntStream.range(0, count).mapToObj(i -> "author-" + i).toArray(String[]::new);
    }

    @Test
    void failingReport_holdsTheStoredPlace_andOtherReportsGoOn() {
        reports.seal("alice", "bob", "carol");
        reports.enter(ChangeReason.corrected, "alice", "bob");
        failFor("alice");
        start();

        await().until(() -> receiver.applied.size() == 4);
        awaitStored(0);
        assertThat(receiver.appliedAuthors()).containsExactlyInAnyOrder("bob", "bob", "carol");

        recover();
        awaitStored(5);
        assertThat(receiver.received.stream()
                        .filter(message -> message.author().equals("alice"))
                        .map(TestReceiver.Received::number)
                        .distinct())
                .containsExactly(1L, 4L);
    }

    @Test
    void failingReport_stopsOtherReports_whenTheWindowIsFull() {
        reports.seal("alice");
        reports.seal(authors(1_100));
        failFor("alice");
        TestWebhook webhook = start();

        await().atMost(Duration.ofSeconds(30)).until(() -> webhook.delivered("sealed") >= 999);
        await().pollDelay(Duration.ofMillis(500)).until(() -> webhook.delivered("sealed") == 999);

        recover();
        awaitStored(1_101);
    }

    @Test
    void manyFailingReports_doNotStopOthers() {
        String[] failing = authors(2 * TestWebhook.REQUESTS);
        reports.seal(failing);
        reports.seal("alice");
        receiver.answers = message ->
                message.author().startsWith("author-") ? TestReceiver.status(500) : TestReceiver.acknowledge();
        start();

        await().until(() -> receiver.appliedAuthors().contains("alice"));
    }

    @Test
    void receiverThatIsDown_receivesFewAttempts_andAllMessagesAfterwards() {
        reports.seal(authors(300));
        receiver.answers =
                message -> message.author().isEmpty() ? TestReceiver.acknowledge() : TestReceiver.status(503);
        Duration backoff = Duration.ofSeconds(3);
        TestWebhook webhook = new TestWebhook(database.mongo, receiver.uri(), TestWebhook.TIMEOUT, backoff, backoff);
        started.add(webhook.start());
        await().until(() -> webhook.failures("5xx") >= TestWebhook.REQUESTS);

        await().pollDelay(Duration.ofSeconds(1)).until(() -> receiver.received.size() <= 1 + 2 * TestWebhook.REQUESTS);
        recover();
        awaitStored(300);
        assertThat(receiver.appliedAuthors()).hasSize(300);
    }

    @Test
    void nextInstance_continuesAtTheStoredPlace() {
        reports.seal("alice", "bob");
        start();
        awaitStored(2);
        started.get(0).close();
        reports.seal("carol");

        start();

        awaitStored(3);
        List<String> authors =
                receiver.received.stream().map(TestReceiver.Received::author).toList();
        // the messages of alice and bob are sent concurrently
        assertThat(authors).containsExactlyInAnyOrder("", "alice", "bob", "carol");
        assertThat(authors).startsWith("").endsWith("carol");
    }

    @Test
    void nextInstance_repeatsMessagesAfterTheFailedOne_withTheSameIds() {
        reports.seal("alice", "bob", "carol");
        failFor("alice");
        start();
        await().until(() -> receiver.applied.size() == 3);
        started.get(0).close();
        assertThat(storedNumber()).isZero();
        recover();

        start();

        awaitStored(3);
        assertThat(receiver.received.stream()
                        .filter(message -> message.author().equals("bob"))
                        .map(TestReceiver.Received::id)
                        .distinct())
                .hasSize(1);
        assertThat(receiver.appliedAuthors()).containsExactlyInAnyOrder("alice", "bob", "carol");
    }

    @Test
    void oneOfTwoInstances_delivers_andTheOtherOneContinues() {
        reports.seal("alice");
        TestWebhook first = start();
        awaitStored(1);
        TestWebhook second = start();
        reports.seal("bob");
        awaitStored(2);
        assertThat(second.delivered("sealed")).isZero();
        assertThat(second.gauge("failing")).isNaN();

        first.close();
        reports.seal("carol");

        await().until(() -> second.delivered("sealed") == 1);
        assertThat(receiver.received).hasSize(4);
    }

    @Test
    void instanceWithoutTheLease_deliversAfterItHasExpired() {
        InstantSource past =
                () -> InstantSource.system().instant().minus(FeedLease.DURATION).plusSeconds(3);
        assertThat(new FeedLease(database.mongo, FeedLease.WEBHOOK, past).acquireOrRenew())
                .isTrue();
        reports.seal("alice");

        start();

        await().until(() -> receiver.applied.size() == 2);
    }

    @Test
    void twoDeliverersWithoutLease_onlyRepeatMessages() throws Exception {
        receiver.answers = message ->
                Math.floorMod(message.hashCode(), 3) == 0 ? TestReceiver.status(500) : TestReceiver.acknowledge();
        AtomicBoolean isRunning = new AtomicBoolean(true);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            TestWebhook webhook = new TestWebhook(database.mongo, receiver.uri());
            Thread thread = new Thread(() -> webhook.deliverWithoutLease(isRunning::get));
            threads.add(thread);
            thread.start();
        }
        for (int i = 0; i < 20; i++) {
            reports.seal("alice-" + i, "bob-" + i);
            reports.enter(ChangeReason.corrected, "alice-" + i);
        }
        awaitStored(60);
        isRunning.set(false);
        for (Thread thread : threads) {
            thread.join();
        }

        // concurrent messages of a report are the two deliverers'
        receiver.violations.removeIf(violation -> violation.startsWith("two concurrent messages of "));
        assertThat(new HashSet<>(
                        receiver.applied.stream().map(TestReceiver.Received::id).toList()))
                .hasSize(61);
        for (int i = 0; i < 20; i++) {
            String author = "alice-" + i;
            assertThat(receiver.applied.stream()
                            .filter(message -> message.author().equals(author))
                            .map(TestReceiver.Received::number))
                    .isSorted();
        }
    }

    @Test
    void erasedAuthor_whoseMessageFails_isSentNoMore() {
        reports.seal("alice", "bob");
        failFor("alice");
        start();
        await().until(() -> receiver.received.stream()
                        .filter(message -> message.author().equals("alice"))
                        .count()
                > 2);

        reports.erase("alice");
        await().until(() ->
                receiver.received.stream().anyMatch(message -> message.reason().equals("erased")));
        recover();

        awaitStored(3);
        assertThat(receiver.reports()).containsOnlyKeys("2026-W47/bob");
        int erased = receiver.received.stream()
                .map(TestReceiver.Received::reason)
                .toList()
                .indexOf("erased");
        assertThat(receiver.received.subList(erased, receiver.received.size()))
                .noneMatch(message -> message.reason().equals("sealed"));
    }

    @Test
    void placeBeforeRemovedErasures_startsOver() {
        reports.seal("alice", "bob");
        start();
        awaitStored(2);
        started.get(0).close();
        reports.erase("alice");
        reports.enter(ChangeReason.corrected, "bob");
        database.clock.advance(Duration.ofDays(36));
        new TestFeed(database, () -> {}).removeOldChanges();

        start();

        awaitStored(4);
        assertThat(receiver.applied.stream().map(TestReceiver.Received::reason))
                .containsExactly("restarted", "sealed", "sealed", "restarted", "sealed", "corrected");
        assertThat(receiver.reports()).containsOnlyKeys("2026-W47/bob");
    }

    @Test
    void droppedFeed_startsOver_whileItIsDelivered() {
        reports.seal("alice", "bob");
        start();
        awaitStored(2);

        database.mongo.dropCollection("reportChanges").block();
        database.mongo.dropCollection(FeedStore.COLLECTION).block();
        reports.enter(ChangeReason.sealed, "bob");

        await().until(() -> receiver.applied.stream()
                        .filter(message -> message.reason().equals("restarted"))
                        .count()
                == 2);
        awaitStored(1);
        assertThat(receiver.reports()).containsOnlyKeys("2026-W47/bob");
    }

    @Test
    void differentSettings_pauseDeliveries_untilTheyAreEqual() {
        KeyedHash other = new KeyedHash("another secret ...".getBytes(StandardCharsets.US_ASCII));
        storeSecretCheck(other);
        reports.seal("alice");
        start();
        await().pollDelay(Duration.ofSeconds(3)).until(receiver.received::isEmpty);

        storeSecretCheck(LikeFixtures.HASH);

        await().until(() -> receiver.applied.size() == 2);
    }

    private void storeSecretCheck(KeyedHash hash) {
        database.mongo
                .updateFirst(new Query(), Update.update("secretCheck", hash.checkValue()), "settings")
                .block();
    }

    @Test
    void silentDatabase_pausesDeliveries_whichContinue() throws Exception {
        int port = Integer.parseInt(database.uri.replaceAll(".*:(\\d+)/.*", "$1"));
        try (FaultyRelay relay = new FaultyRelay(port);
                TestDatabase relayed = new TestDatabase(database.uri.replace(":" + port, ":" + relay.port()))) {
            reports.seal("alice");
            TestWebhook webhook = new TestWebhook(relayed.mongo, receiver.uri()).start();
            started.add(webhook);
            awaitStored(1);

            relay.blackHole();
            relay.reset();
            reports.seal("bob");
            await().pollDelay(Duration.ofSeconds(3)).until(() -> receiver.applied.size() == 2);
            relay.heal();

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(storedNumber()).isEqualTo(2));
            webhook.close();
        }
        assertThat(receiver.applied).hasSize(3);
    }

    @Test
    void stop_waitsTenSecondsForRequestsInFlight() {
        reports.seal("alice");
        receiver.answers = message -> message.author().isEmpty() ? TestReceiver.acknowledge() : receiver.silence();
        TestWebhook webhook = new TestWebhook(database.mongo, receiver.uri(), Duration.ofMinutes(5)).start();
        await().until(() -> receiver.received.size() == 2);

        long start = System.nanoTime();
        webhook.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(15));
        assertThat(webhook.worker.isRunning()).isFalse();
        assertThat(storedNumber()).isZero();
    }
}
