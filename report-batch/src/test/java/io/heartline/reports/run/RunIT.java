package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.SomeLikes;
import io.heartline.reports.fold.WeeklyReport.Key;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One run of one instance that nothing befalls. */
class RunIT {

    private final ReportsDatabase database = new ReportsDatabase();
    private LikesOnTopic likes;
    private Batch batch;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = LikesOnTopic.create(4);
        batch = database.batch(likes);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void afterARun_figuresEqualTheNaiveCount_andAnotherRunPullsNothing() throws Exception {
        List<LikeEvent> events = ReportsDatabase.someLikes(3_000);
        likes.append(events);

        assertThat(batch.job.isBehind()).isTrue();
        assertThat(batch.gauge("heartline.reports.lag")).isEqualTo(events.size());
        assertThat(batch.run().recordsDone()).isEqualTo(events.size());
        assertThat(batch.gauge("heartline.reports.lag")).isZero();
        database.assertFiguresEqualTheNaiveCountOf(events);
        assertThat(batch.run().recordsTotal()).isZero();

        database.assertFiguresEqualTheNaiveCountOf(events);
        assertThat(batch.records("folded")).isEqualTo(events.size());
        batch.assertBooksBalance();
        assertThat(batch.records("skipped"))
                .as("progress, not only the reports, knew")
                .isZero();
    }

    @Test
    void aRunEndsWhereTheLogEndedAtItsStart_andVouchesForThatMoment() throws Exception {
        likes.append(ReportsDatabase.someLikes(100));

        Run.View view = batch.run();

        assertThat(view.startedAt()).isEqualTo(database.clock.instant());
        assertThat(batch.progress.all().block().values()).hasSize(4).allSatisfy(at -> {
            assertThat(at.asOf()).isEqualTo(view.startedAt());
            assertThat(at.owner()).isNull();
        });
    }

    @Test
    void kafkasOwnGroupOffsets_areThereForToolsThatShowLag() throws Exception {
        likes.append(ReportsDatabase.someLikes(100));

        batch.run();

        Set<TopicPartition> partitions = Set.copyOf(Survey.partitions(likes.log()));
        try (Consumer<byte[], byte[]> consumer = likes.source(1).consumer()) {
            Map<TopicPartition, Long> committed = consumer.committed(partitions).entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, e -> offset(e.getValue())));
            assertThat(committed).isEqualTo(consumer.endOffsets(partitions));
        }
    }

    private static long offset(OffsetAndMetadata committed) {
        return committed.offset();
    }

    @Test
    void aReportThatSomebodyElseWrites_isLoadedAndFoldedAgain() throws Exception {
        List<LikeEvent> events = ReportsDatabase.someLikes(1_000);
        likes.append(events);
        Batch other = database.batch(likes);
        Run run = other.request();
        Batch overtaken = database.batch(likes, 500, Steps.pausingAt(1, () -> {
            other.letLeasesRunOut();
            other.work(run);
        }));

        overtaken.work(run);

        database.assertFiguresEqualTheNaiveCountOf(events);
        assertThat(overtaken
                        .registry
                        .get("heartline.reports.conflicts")
                        .counter()
                        .count())
                .isPositive();
    }

    @Test
    void recordsThatAreNoLikes_areSetAside_withTheReason_andTheRestIsFolded() throws Exception {
        List<LikeEvent> events = ReportsDatabase.someLikes(100);
        likes.append(events.subList(0, 50));
        String valid = new String(validLikeOf("alice"), StandardCharsets.UTF_8);
        likes.send(List.of(
                record("alice", "someone else's bytes"),
                record("alice", "{\"type\":\"viewed\",\"authorId\":\"alice\"}"),
                record("mallory", valid),
                record(null, "{}")));
        likes.append(events.subList(50, 100));

        batch.run();

        database.assertFiguresEqualTheNaiveCountOf(events);
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

    @Test
    void whatCannotBeSetAside_isNotPassedOver() throws Exception {
        likes.createDeadLetterTopic(200);
        likes.append(ReportsDatabase.someLikes(100));
        likes.send(List.of(record("alice", "x".repeat(10_000))));
        int partition = likes.log().partitionOf("alice");

        Run.View view = batch.run();

        assertThat(view.status()).isEqualTo(Run.Status.failed);
        assertThat(view.error()).startsWith("Kafka: ");
        assertThat(batch.progressOf(partition).next()).isZero();
    }

    @Test
    void aLikeInAPartitionThatIsNotItsAuthors_isSetAside_andCountedAsMisplaced() throws Exception {
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
        assertThat(database.figures("alice")).isEqualTo(Figures.none(new Key(ReportsDatabase.WEEK, "alice")));
    }

    @Test
    void aLikeForASealedWeek_isANumberedCorrection() throws Exception {
        likes.append(List.of(like("1", "bob")));
        batch.run();
        assertThat(database.figures("alice").revision()).isEqualTo(1);

        likes.append(List.of(like("2", "carol")));
        batch.run();

        assertThat(database.figures("alice").revision()).isEqualTo(2);
        assertThat(database.figures("alice").likes()).isEqualTo(2);
    }

    @Test
    void aRunIsCounted_withItsDuration() throws Exception {
        likes.append(List.of(like("1", "bob")));

        batch.run();

        assertThat(batch.registry
                        .get("heartline.reports.runs")
                        .tag("outcome", "done")
                        .timer()
                        .totalTime(TimeUnit.NANOSECONDS))
                .isNotNegative();
        assertThat(batch.registry
                        .get("heartline.reports.runs")
                        .tag("outcome", "done")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    private static Liked like(String id, String liker) {
        return new Liked(id, "p-1", "alice", liker, SomeLikes.MONDAY);
    }

    private static byte[] validLikeOf(String author) {
        return LikeEventJson.encode(new Liked("e", "p-1", author, "bob", SomeLikes.MONDAY));
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
