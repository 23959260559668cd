package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cloudevents.CloudEvent;
import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.worker.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What a receiver sees of messages and of failed attempts. */
class WebhookMessageIT {

    private final TestDatabase database = new TestDatabase();
    private final TestReports reports = new TestReports(database);
    private final JsonMapper json = new JsonMapper();
    private TestReceiver receiver;
    private TestWebhook webhook;

    @BeforeEach
    void open() throws Exception {
        receiver = new TestReceiver();
        webhook = new TestWebhook(database.mongo, receiver.uri());
    }

    @AfterEach
    void close() {
        webhook.close();
        receiver.close();
        database.close();
        assertThat(receiver.violations).isEmpty();
    }

    private List<TestReceiver.Received> ofAlice() {
        return receiver.received.stream()
                .filter(message -> message.author().equals("alice"))
                .toList();
    }

    /** Answers the first attempt of the message about alice in another way. */
    private void answerFirstAttempt(TestReceiver.Answer answer) {
        receiver.answers = message ->
                message.author().equals("alice") && ofAlice().size() == 1 ? answer : TestReceiver.acknowledge();
    }

    private void deliverToAlice() {
        reports.seal("alice");
        webhook.start();
        await().until(() -> receiver.appliedAuthors().contains("alice"));
    }

    private void assertIsRepeatedAfter(TestReceiver.Answer answer, String cause) {
        answerFirstAttempt(answer);

        deliverToAlice();

        assertThat(ofAlice()).hasSize(2);
        assertThat(ofAlice().get(0).id()).isEqualTo(ofAlice().get(1).id());
        assertThat(webhook.failures(cause)).isOne();
    }

    @Test
    void change_isACloudEvent_withTheReportOfTheFeed() {
        deliverToAlice();

        TestReceiver.Received message = ofAlice().get(0);
        FeedCursor start = FeedCursor.start(webhook.parts.feed().feed().block());
        var item =
                webhook.parts.reader().read("after", null, 10).block().items().get(0);
        CloudEvent event = message.event();
        assertThat(event.getSpecVersion()).hasToString("1.0");
        assertThat(event.getId()).isEqualTo(item.cursor()).isEqualTo(start.at(1).toString());
        assertThat(event.getSource()).isEqualTo(URI.create("/v1/reports/changes"));
        assertThat(event.getType()).isEqualTo("io.heartline.report.sealed");
        assertThat(event.getSubject()).isEqualTo("2026-W47/alice");
        assertThat(event.getTime()).isEqualTo(database.clock.instant().atOffset(ZoneOffset.UTC));
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(event.getExtensionNames()).containsExactly("sequence");
        assertThat(event.getExtension("sequence")).isEqualTo("0000000000000000001");
        assertThat(receiver.data(message)).isEqualTo(json.readTree(json.writeValueAsString(item.report())));
        assertThat(message.timestamp())
                .isBetween(Instant.now().getEpochSecond() - 60, Instant.now().getEpochSecond());
    }

    @Test
    void firstMessage_isTheRestart_whichHasNoReport() {
        deliverToAlice();

        CloudEvent first = receiver.received.get(0).event();
        assertThat(first.getType()).isEqualTo("io.heartline.reports.restarted");
        assertThat(first.getSubject()).isNull();
        assertThat(first.getData()).isNull();
        assertThat(first.getExtension("sequence")).isEqualTo("0000000000000000000");
        await().until(() -> webhook.delivered("restarted") == 1 && webhook.delivered("sealed") == 1);
    }

    @Test
    void restartThatIsNotAcknowledged_holdsBackAllChanges() {
        receiver.answers =
                message -> receiver.received.size() < 3 ? TestReceiver.status(500) : TestReceiver.acknowledge();

        deliverToAlice();

        assertThat(receiver.received.stream().map(TestReceiver.Received::reason))
                .containsExactly("restarted", "restarted", "restarted", "sealed");
        assertThat(receiver.received.stream()
                        .limit(3)
                        .map(TestReceiver.Received::id)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void eachReason_hasItsType() {
        reports.seal("alice", "bob");
        reports.enter(ChangeReason.corrected, "alice");
        reports.erase("bob");
        webhook.start();

        await().until(() -> receiver.appliedAuthors().contains("bob"));
        await().until(() -> ofAlice().size() == 2);

        assertThat(ofAlice().stream().map(TestReceiver.Received::reason)).containsExactly("sealed", "corrected");
        TestReceiver.Received erased = receiver.received.stream()
                .filter(message -> message.author().equals("bob"))
                .findFirst()
                .orElseThrow();
        assertThat(erased.event().getType()).isEqualTo("io.heartline.report.erased");
        assertThat(receiver.data(erased)).hasToString("{\"authorId\":\"bob\",\"week\":\"2026-W47\"}");
    }

    @Test
    void serverError_isRepeated() {
        assertIsRepeatedAfter(TestReceiver.status(500), "5xx");
    }

    @Test
    void refusal_isRepeated() {
        assertIsRepeatedAfter(TestReceiver.status(410), "4xx");
    }

    @Test
    void redirect_isNotFollowed_andRepeated() {
        assertIsRepeatedAfter(TestReceiver.redirect(), "3xx");
    }

    @Test
    void connectionThatBreaks_isRepeated() {
        assertIsRepeatedAfter(TestReceiver.disconnect(), "connection");
    }

    @Test
    void bodyThatBreaks_isRepeated() {
        assertIsRepeatedAfter(TestReceiver.brokenBody(), "connection");
    }

    @Test
    void silence_isRepeatedAfterTheTimeout() {
        assertIsRepeatedAfterTheTimeout(receiver.silence());
    }

    @Test
    void responseWithoutItsBody_isRepeatedAfterTheTimeout() {
        assertIsRepeatedAfterTheTimeout(receiver.headOnly());
    }

    private void assertIsRepeatedAfterTheTimeout(TestReceiver.Answer answer) {
        webhook = new TestWebhook(database.mongo, receiver.uri(), Duration.ofSeconds(1));
        answerFirstAttempt(answer);

        deliverToAlice();

        assertThat(webhook.failures("timeout")).isPositive();
        assertThat(ofAlice().stream().map(TestReceiver.Received::id).distinct()).hasSize(1);
        assertThat(ofAlice().get(1).atNanos() - ofAlice().get(0).atNanos())
                .isGreaterThan(Duration.ofMillis(900).toNanos());
    }

    @Test
    void endlessBody_isCutOff_andRepeated() {
        assertIsRepeatedAfter(TestReceiver.endlessBody(), "body");
    }

    @Test
    void bodyAtTheLimit_acknowledges_andALongerOneIsRepeated() {
        int limit = 64 * 1024;
        assertIsRepeatedAfter(TestReceiver.body(limit + 1), "body");
        receiver.answers = message -> TestReceiver.body(limit);
        reports.seal("carol");

        await().until(() -> webhook.delivered("sealed") == 2);
        assertThat(webhook.failures("body")).isOne();
    }

    @Test
    void tooManyRequests_pausesAllMessagesForRetryAfter() {
        answerFirstAttempt(TestReceiver.status(429, "Retry-After", "2"));
        reports.seal("alice");
        webhook.start();
        await().until(() -> webhook.failures("4xx") == 1);
        reports.seal("bob");

        await().until(() -> receiver.applied.size() == 3);

        long paused = receiver.received.get(2).atNanos() - ofAlice().get(0).atNanos();
        assertThat(paused / 1e9).isGreaterThanOrEqualTo(2);
        assertThat(ofAlice().get(1).timestamp()).isGreaterThan(ofAlice().get(0).timestamp());
    }

    @Test
    void refusedConnection_isRepeated_untilTheReceiverListens() throws Exception {
        receiver.close();
        reports.seal("alice");
        webhook.start();

        await().until(() -> webhook.failures("connection") > 2);
    }

    @Test
    void connections_areReused() {
        String[] authors = IntStream.range(0, 200).mapToObj(i -> "author-" + i).toArray(String[]::new);
        reports.seal(authors);
        webhook.start();

        await().until(() -> receiver.applied.size() == 201);

        Set<Integer> ports =
                receiver.received.stream().map(TestReceiver.Received::port).collect(Collectors.toSet());
        assertThat(ports).hasSizeLessThanOrEqualTo(TestWebhook.REQUESTS);
    }

    @Test
    void gauges_showTheOldestChange_andForHowLongItFails() {
        reports.seal("alice");
        assertThat(webhook.gauge("oldest.age")).as("before it delivers").isNaN();
        receiver.answers =
                message -> message.author().isEmpty() ? TestReceiver.acknowledge() : TestReceiver.status(500);
        webhook.start();
        await().until(() -> webhook.gauge("failing") > 0.2);
        double age = webhook.gauge("oldest.age");
        double expected =
                (Instant.now().toEpochMilli() - database.clock.instant().toEpochMilli()) / 1000.0;
        assertThat(age).isEqualTo(Math.max(0, expected));

        receiver.answers = message -> TestReceiver.acknowledge();

        await().until(() -> webhook.gauge("failing") == 0 && webhook.gauge("oldest.age") == 0);
    }
}
