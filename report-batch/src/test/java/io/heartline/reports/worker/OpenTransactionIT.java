package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventRecord;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A foreign program writes to the topic in a transaction. Acknowledged likes of other producers have higher offsets than its
 * records.
 */
class OpenTransactionIT {

    private static final Duration DAY = Duration.ofDays(1);

    private final TestDatabase database = new TestDatabase();
    private TestTopic likes;
    private BatchInstance batch;
    private KafkaProducer<byte[], byte[]> transactional;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(1);
        batch = database.batch(likes);
        transactional = new KafkaProducer<>(
                Map.of("bootstrap.servers", likes.broker, "transactional.id", "t-" + UUID.randomUUID()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        transactional.initTransactions();
    }

    @AfterEach
    void close() {
        transactional.close();
        database.close();
    }

    @Test
    void openTransaction_laterLikesAreNotPromised_untilItIsAborted() throws Exception {
        likes.append(LikeFixtures.of("alice", 1, 1));
        batch.run();
        Instant before = asOf();
        begin("carol", 1);
        likes.append(LikeFixtures.of("alice", 50, 2));
        database.clock.advance(DAY);

        assertThat(batch.executor.findWork()).isEmpty();
        assertThat(batch.run().status()).isEqualTo(RunStatus.done);

        assertThat(events("alice")).isEqualTo(1);
        assertThat(asOf())
                .as("asOf does not advance because the reports lack 50 acknowledged likes")
                .isEqualTo(before);
        assertThat(batch.gauge("heartline.reports.lag")).isEqualTo(51);
        assertThat(batch.gauge("heartline.reports.unstable")).isEqualTo(51);

        transactional.abortTransaction();
        awaitTheEndOfTheTransaction();
        assertThat(batch.run().status()).isEqualTo(RunStatus.done);

        assertThat(events("alice")).isEqualTo(51);
        assertThat(events("carol")).isZero();
        assertThat(asOf()).isEqualTo(database.clock.instant());
        assertThat(batch.gauge("heartline.reports.lag")).isZero();
        assertThat(batch.gauge("heartline.reports.unstable")).isZero();
    }

    @Test
    void committedTransaction_isFolded_withLaterLikes() throws Exception {
        batch.run();
        begin("carol", 10);
        likes.append(LikeFixtures.of("alice", 50, 2));
        database.clock.advance(DAY);
        batch.run();

        transactional.commitTransaction();
        awaitTheEndOfTheTransaction();
        batch.run();

        assertThat(events("alice")).isEqualTo(50);
        assertThat(events("carol")).isEqualTo(10);
        assertThat(asOf()).isEqualTo(database.clock.instant());
    }

    @Test
    void openTransaction_weekStaysOpen_soLaterLikesAreNoCorrection() throws Exception {
        TestClock sunday = new TestClock(Instant.parse("2026-11-22T23:00:00Z"));
        BatchInstance early = new BatchInstance(
                likes, database.mongo, TestDatabase.CALENDAR, sunday, 500, CrashPoints.withoutCrash());
        likes.append(LikeFixtures.of("alice", 1, 1));
        early.run();
        begin("carol", 1);
        likes.append(LikeFixtures.of("alice", 50, 2));
        sunday.advance(DAY.multipliedBy(3));

        early.executor.findWork();
        early.run();
        assertThat(TestDatabase.CALENDAR.isSealed(TestDatabase.WEEK, asOf())).isFalse();
        transactional.abortTransaction();
        await().until(() -> early.executor.findWork().isPresent());
        early.run();

        assertThat(TestDatabase.CALENDAR.isSealed(TestDatabase.WEEK, asOf())).isTrue();
        assertThat(events("alice")).isEqualTo(51);
        assertThat(database.figures("alice").revision()).isEqualTo(1);
    }

    @Test
    void transactionBegunDuringARun_theRunIncludesEarlierLikes() throws Exception {
        likes.append(LikeFixtures.of("alice", 100, 1));
        BatchInstance paused = database.batch(likes, 500, CrashPoints.pausingAt(0, () -> {
            begin("carol", 1);
            likes.append(LikeFixtures.of("alice", 50, 2));
        }));

        paused.run();

        assertThat(events("alice")).isEqualTo(100);
        assertThat(asOf()).isEqualTo(database.clock.instant());
    }

    @Test
    void otherInstance_duringAnOpenTransaction_promisesNothing() throws Exception {
        likes.append(LikeFixtures.of("alice", 100, 1));
        batch.run();
        Instant before = asOf();
        begin("carol", 1);
        likes.append(LikeFixtures.of("alice", 50, 2));
        Run planned = batch.request();
        database.clock.advance(DAY);
        BatchInstance other = database.batch(likes);

        assertThat(other.executor.findWork()).isEmpty();
        other.execute(planned);

        assertThat(other.view(planned).status()).isEqualTo(RunStatus.done);
        assertThat(asOf()).isEqualTo(before);
    }

    @Test
    void overlappingTransactions_asOfIsThePreviousSnapshot() throws Exception {
        batch.run();
        Instant previousSnapshot = null;
        for (int round = 0; round < 5; round++) {
            begin("carol", 10);
            likes.append(LikeFixtures.of("alice", 5, round));
            database.clock.advance(Duration.ofMinutes(5));
            batch.executor.findWork();
            batch.run();
            if (previousSnapshot != null) {
                assertThat(asOf()).isEqualTo(previousSnapshot);
            }
            previousSnapshot = database.clock.instant();
            transactional.commitTransaction();
            awaitTheEndOfTheTransaction();
        }

        batch.run();
        assertThat(events("alice")).isEqualTo(25);
        assertThat(events("carol")).isEqualTo(50);
        assertThat(asOf()).isEqualTo(previousSnapshot);
    }

    /** Waits for the end marker of the transaction, which the broker writes shortly after the acknowledgement. */
    private void awaitTheEndOfTheTransaction() {
        await().until(() -> batch.executor.findWork().isPresent());
    }

    @Test
    void erasureDuringAnOpenTransaction_likesStayErasedAfterTheCommit() throws Exception {
        batch.run();
        begin("carol", 10);

        batch.eraser.erase("carol");

        transactional.commitTransaction();
        awaitTheEndOfTheTransaction();
        likes.append(LikeFixtures.of("carol", 3, 2));
        batch.run();
        assertThat(events("carol"))
                .as("only likes that were logged after the erasure are counted")
                .isEqualTo(3);
    }

    private void begin(String author, int count) {
        transactional.beginTransaction();
        for (LikeEvent event : LikeFixtures.of(author, count, UUID.randomUUID().hashCode())) {
            transactional.send(LikeEventRecord.of(likes.topic, event, "/test"));
        }
        transactional.flush();
    }

    private Instant asOf() {
        return batch.progressOf(0).asOf();
    }

    private long events(String author) {
        return database.figures(author).likedEvents() + database.figures(author).unlikedEvents();
    }
}
