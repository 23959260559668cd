package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventRecord;
import io.heartline.reports.fold.SomeLikes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A program writes to the topic in a transaction, and acknowledged likes of others have higher offsets than its records. */
class OpenTransactionIT {

    private static final Duration DAY = Duration.ofDays(1);

    private final ReportsDatabase database = new ReportsDatabase();
    private LikesOnTopic likes;
    private Batch batch;
    private KafkaProducer<byte[], byte[]> transactional;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = LikesOnTopic.create(1);
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
    void openTransaction_acknowledgedLikesAboveItAreNotPromised_untilItIsAborted() throws Exception {
        likes.append(SomeLikes.of("alice", 1, 1));
        batch.run();
        Instant before = asOf();
        begin("carol", 1);
        likes.append(SomeLikes.of("alice", 50, 2));
        database.clock.advance(DAY);

        assertThat(batch.job.isBehind()).isFalse();
        assertThat(batch.run().status()).isEqualTo(Run.Status.done);

        assertThat(events("alice")).isEqualTo(1);
        assertThat(asOf()).as("50 acknowledged likes are not in the reports").isEqualTo(before);
        assertThat(batch.gauge("heartline.reports.lag")).isEqualTo(51);
        assertThat(batch.gauge("heartline.reports.unstable")).isEqualTo(51);

        transactional.abortTransaction();
        awaitTheEndOfTheTransaction();
        assertThat(batch.run().status()).isEqualTo(Run.Status.done);

        assertThat(events("alice")).isEqualTo(51);
        assertThat(events("carol")).isZero();
        assertThat(asOf()).isEqualTo(database.clock.instant());
        assertThat(batch.gauge("heartline.reports.lag")).isZero();
        assertThat(batch.gauge("heartline.reports.unstable")).isZero();
    }

    @Test
    void openTransaction_thatIsCommitted_isFoldedWithTheLikesAboveIt() throws Exception {
        batch.run();
        begin("carol", 10);
        likes.append(SomeLikes.of("alice", 50, 2));
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
    void openTransaction_aWeekIsNotSealed_soTheLikesAboveItAreNoCorrection() throws Exception {
        TestClock sunday = new TestClock(Instant.parse("2026-11-22T23:00:00Z"));
        Batch early = new Batch(likes, database.mongo, ReportsDatabase.CALENDAR, sunday, 500, Steps.untroubled());
        likes.append(SomeLikes.of("alice", 1, 1));
        early.run();
        begin("carol", 1);
        likes.append(SomeLikes.of("alice", 50, 2));
        sunday.advance(DAY.multipliedBy(3));

        early.job.isBehind();
        early.run();
        assertThat(ReportsDatabase.CALENDAR.isSealed(ReportsDatabase.WEEK, asOf()))
                .isFalse();
        transactional.abortTransaction();
        await().until(early.job::isBehind);
        early.run();

        assertThat(ReportsDatabase.CALENDAR.isSealed(ReportsDatabase.WEEK, asOf()))
                .isTrue();
        assertThat(events("alice")).isEqualTo(51);
        assertThat(database.figures("alice").revision()).isEqualTo(1);
    }

    @Test
    void transactionThatBeginsDuringARun_thatRunIncludesWhatWasAcknowledgedBefore() throws Exception {
        likes.append(SomeLikes.of("alice", 100, 1));
        Batch paused = database.batch(likes, 500, Steps.pausingAt(0, () -> {
            begin("carol", 1);
            likes.append(SomeLikes.of("alice", 50, 2));
        }));

        paused.run();

        assertThat(events("alice")).isEqualTo(100);
        assertThat(asOf()).isEqualTo(database.clock.instant());
    }

    @Test
    void anotherInstance_looksWhileTheTransactionIsOpen_andPromisesNothing() throws Exception {
        likes.append(SomeLikes.of("alice", 100, 1));
        batch.run();
        Instant before = asOf();
        begin("carol", 1);
        likes.append(SomeLikes.of("alice", 50, 2));
        Run planned = batch.request();
        database.clock.advance(DAY);
        Batch other = database.batch(likes);

        assertThat(other.job.isBehind()).isFalse();
        other.work(planned);

        assertThat(other.view(planned).status()).isEqualTo(Run.Status.done);
        assertThat(asOf()).isEqualTo(before);
    }

    @Test
    void openTransactionAtEveryLook_asOfIsTheLookBefore() throws Exception {
        batch.run();
        Instant looked = null;
        for (int round = 0; round < 5; round++) {
            begin("carol", 10);
            likes.append(SomeLikes.of("alice", 5, round));
            database.clock.advance(Duration.ofMinutes(5));
            batch.job.isBehind();
            batch.run();
            if (looked != null) {
                assertThat(asOf()).isEqualTo(looked);
            }
            looked = database.clock.instant();
            transactional.commitTransaction();
            awaitTheEndOfTheTransaction();
        }

        batch.run();
        assertThat(events("alice")).isEqualTo(25);
        assertThat(events("carol")).isEqualTo(50);
        assertThat(asOf()).isEqualTo(looked);
    }

    /** The broker writes the end of a transaction a moment after it has acknowledged it. */
    private void awaitTheEndOfTheTransaction() {
        await().until(batch.job::isBehind);
    }

    @Test
    void authorIsErasedWhileATransactionIsOpen_itsLikesStayErasedWhenItIsCommitted() throws Exception {
        batch.run();
        begin("carol", 10);

        batch.eraser.erase("carol");

        transactional.commitTransaction();
        awaitTheEndOfTheTransaction();
        likes.append(SomeLikes.of("carol", 3, 2));
        batch.run();
        assertThat(events("carol"))
                .as("the likes that were logged after the erasure")
                .isEqualTo(3);
    }

    private void begin(String author, int count) {
        transactional.beginTransaction();
        for (LikeEvent event : SomeLikes.of(author, count, UUID.randomUUID().hashCode())) {
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
