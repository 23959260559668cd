package io.heartline.reports.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.run.RunView;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.TestDatabase;
import io.micrometer.core.instrument.Counter;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Records on the topic that are not likes of their partition. One run writes them to the dead-letter topic and folds the
 * rest.
 */
class DeadLettersIT {

    private final TestDatabase database = new TestDatabase();
    private TestTopic likes;
    private BatchInstance batch;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(4);
        batch = database.batch(likes);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void invalidRecords_becomeDeadLettersWithReason_andTheRestIsFolded() throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(100);
        likes.append(events.subList(0, 50));
        String valid = new String(validLikeOf("alice"), StandardCharsets.UTF_8);
        likes.send(List.of(
                record("alice", "someone else's bytes"),
                record("alice", "{\"type\":\"viewed\",\"authorId\":\"alice\"}"),
                record("mallory", valid),
                record(null, "{}")));
        likes.append(events.subList(50, 100));

        batch.run();

        database.assertFiguresEqualNaiveCount(events);
        assertThat(batch.records("unreadable")).isEqualTo(3);
        assertThat(batch.records("unknown_type")).isEqualTo(1);
        List<ConsumerRecord<byte[], byte[]>> letters = likes.recordsOf(likes.deadLetterTopic());
        assertThat(letters)
                .extracting(letter -> text(letter.value()))
                .containsExactlyInAnyOrder("someone else's bytes", valid, "{}");
        assertThat(letters).allSatisfy(letter -> {
            Position source = Position.parse(text(letter.key()));
            assertThat(source.epoch()).isEqualTo(likes.log().epoch());
            assertThat(text(letter.headers().lastHeader(DeadLetters.REASON).value()))
                    .isNotBlank();
        });
        assertThat(letters)
                .filteredOn(letter -> text(letter.value()).equals(valid))
                .allSatisfy(letter -> assertThat(text(
                                letter.headers().lastHeader(DeadLetters.KEY).value()))
                        .isEqualTo("mallory"));
    }

    /** docs/privacy.md describes this procedure for likes that must be deleted immediately. */
    @Test
    void deletedDeadLetters_areGone_andLaterOnesAreWritten() throws Exception {
        byte[] valid = validLikeOf("alice");
        likes.send(List.of(record("mallory", new String(valid, StandardCharsets.UTF_8))));
        batch.run();
        assertThat(likes.recordsOf(likes.deadLetterTopic()))
                .as("the dead letter contains the whole like, including the liker")
                .singleElement()
                .satisfies(letter -> assertThat(letter.value()).isEqualTo(valid));

        likes.deleteDeadLetters();

        assertThat(likes.recordsOf(likes.deadLetterTopic())).isEmpty();
        likes.send(List.of(record("mallory", "later")));
        assertThat(batch.run().status()).isEqualTo(RunStatus.done);
        assertThat(likes.recordsOf(likes.deadLetterTopic()))
                .extracting(letter -> text(letter.value()))
                .containsExactly("later");
    }

    /** The likes topic accepts this record because its size limits apply to compressed bytes. */
    @Test
    void oversizedRecord_becomesADeadLetterWithoutValue() throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(100);
        byte[] spaces = " ".repeat(6_000_000).getBytes(StandardCharsets.US_ASCII);
        try (KafkaProducer<byte[], byte[]> foreign = new KafkaProducer<>(
                Map.of("bootstrap.servers", likes.broker, "max.request.size", 10_000_000, "compression.type", "gzip"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            foreign.send(new ProducerRecord<>(likes.topic, "mallory".getBytes(StandardCharsets.US_ASCII), spaces))
                    .get(30, TimeUnit.SECONDS);
        }
        likes.append(events);

        assertThat(batch.run().status()).isEqualTo(RunStatus.done);

        database.assertFiguresEqualNaiveCount(events);
        assertThat(likes.recordsOf(likes.deadLetterTopic())).singleElement().satisfies(letter -> {
            assertThat(Position.parse(text(letter.key())).offset()).isZero();
            assertThat(letter.value()).isNull();
            assertThat(header(letter, DeadLetters.SIZE)).isEqualTo("6000000");
            assertThat(header(letter, DeadLetters.KEY)).isEqualTo("mallory");
            assertThat(header(letter, DeadLetters.REASON)).isNotBlank();
        });
        assertThat(batch.deadLetters("cut")).isEqualTo(1);
    }

    @Test
    void rejectedDeadLetter_isCounted_andTheRunContinues() throws Exception {
        likes.createDeadLetterTopic(100);
        List<LikeEvent> events = TestDatabase.randomLikes(100);
        likes.send(List.of(record("alice", "x".repeat(10_000)), record("alice", "{}")));
        likes.append(events);

        RunView view = batch.run();

        assertThat(view.error()).isNull();
        database.assertFiguresEqualNaiveCount(events);
        assertThat(likes.recordsOf(likes.deadLetterTopic())).isEmpty();
        assertThat(batch.deadLetters("lost")).isEqualTo(2);
        assertThat(batch.records("unreadable")).isEqualTo(2);
        batch.assertEveryRecordIsAccountedFor();
    }

    /** A broker checks the right to create topics before it reports that the topic exists. */
    @Test
    void existingDeadLetterTopic_needsNoCreateRight() throws Exception {
        likes.createDeadLetterTopic(10_000);

        assertThat(lettersWithoutTheRightToCreateTopics().count()).isZero();

        assertThat(likes.recordsOf(likes.deadLetterTopic())).hasSize(1);
    }

    @Test
    void missingTopicWithoutCreateRight_losesTheDeadLetter() {
        assertThat(lettersWithoutTheRightToCreateTopics().count()).isEqualTo(1);
    }

    /** Writes one dead letter, and returns the number of lost dead letters. */
    private Counter lettersWithoutTheRightToCreateTopics() {
        KafkaClients source = likes.clients(1);
        try (Admin admin = source.admin();
                DeadLetters letters =
                        source.deadLetters(withoutTheRightToCreateTopics(admin), batch.deadLetterMetrics)) {
            letters.add(
                    new ConsumerRecord<>(likes.topic, 0, 0, null, "x".getBytes(StandardCharsets.US_ASCII)),
                    "p-0-0",
                    "reason");
            letters.flush();
        }
        return batch.deadLetterMetrics.lost;
    }

    private static Admin withoutTheRightToCreateTopics(Admin admin) {
        return (Admin) Proxy.newProxyInstance(
                DeadLettersIT.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("createTopics")) {
                        throw new TopicAuthorizationException("no right to create topics");
                    }
                    return method.invoke(admin, arguments);
                });
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return text(letter.headers().lastHeader(name).value());
    }

    @Test
    void likeInAForeignPartition_becomesADeadLetter_countedAsMisplaced() throws Exception {
        int other = (likes.log().partitionOf("alice") + 1) % 4;
        likes.send(List.of(new ProducerRecord<>(
                likes.topic, other, "alice".getBytes(StandardCharsets.UTF_8), validLikeOf("alice"))));

        batch.run();

        assertThat(batch.records("misplaced")).isEqualTo(1);
        assertThat(batch.records("unreadable")).isZero();
        assertThat(likes.recordsOf(likes.deadLetterTopic()))
                .singleElement()
                .extracting(letter ->
                        text(letter.headers().lastHeader(DeadLetters.REASON).value()))
                .isEqualTo("it stands in another partition than its author's");
        assertThat(database.figures("alice")).isEqualTo(Figures.zero(new ReportKey(TestDatabase.WEEK, "alice")));
    }

    private static byte[] validLikeOf(String author) {
        return LikeEventJson.encode(new Liked("e", "p-1", author, "bob", LikeFixtures.MONDAY));
    }

    private ProducerRecord<byte[], byte[]> record(String key, String value) {
        return new ProducerRecord<>(
                likes.topic,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
