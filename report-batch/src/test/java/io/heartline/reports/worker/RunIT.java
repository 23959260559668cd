package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.DURATION;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.KafkaClientSettings;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.run.RunView;
import io.heartline.reports.settings.DatabaseSettings;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A run of a single instance without faults. */
class RunIT {

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
    void afterARun_figuresEqualTheNaiveCount_andAnotherRunPullsNothing() throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(3_000);
        likes.append(events);

        assertThat(batch.executor.findWork()).isPresent();
        assertThat(batch.gauge("heartline.reports.lag")).isEqualTo(events.size());
        assertThat(batch.run().recordsDone()).isEqualTo(events.size());
        assertThat(batch.gauge("heartline.reports.lag")).isZero();
        database.assertFiguresEqualNaiveCount(events);
        assertThat(batch.run().recordsTotal()).isZero();

        database.assertFiguresEqualNaiveCount(events);
        assertThat(batch.records("folded")).isEqualTo(events.size());
        batch.assertEveryRecordIsAccountedFor();
        assertThat(batch.records("skipped"))
                .as("the next run starts at the progress, so it skips no record")
                .isZero();
    }

    @Test
    void scheduledRun_takesOneSnapshotOfTheLog() throws Exception {
        likes.append(TestDatabase.randomLikes(100));

        String run = batch.startScheduledRun();
        batch.runUntilIdle();

        RunView view = batch.runs.view(run).block();
        assertThat(view.status()).isEqualTo(RunStatus.done);
        assertThat(view.recordsDone()).isEqualTo(100);
        assertThat(view.startedAt()).isEqualTo(view.requestedAt());
        assertThat(batch.highWatermarkLookups()).isEqualTo(1);
    }

    @Test
    void scheduledRunThatWaitedTooLong_takesANewSnapshot() throws Exception {
        likes.append(TestDatabase.randomLikes(100));
        String run = batch.startScheduledRun();
        likes.append(TestDatabase.randomLikes(10));
        database.clock.advance(Duration.ofSeconds(6));

        batch.runUntilIdle();

        assertThat(batch.runs.view(run).block().recordsDone()).isEqualTo(110);
        assertThat(batch.runs.view(run).block().startedAt()).isEqualTo(database.clock.instant());
        assertThat(batch.highWatermarkLookups()).isEqualTo(2);
    }

    @Test
    void run_endsAtTheLogEndOfItsStart_andAsOfIsThatTime() throws Exception {
        likes.append(TestDatabase.randomLikes(100));

        RunView view = batch.run();

        assertThat(view.startedAt()).isEqualTo(database.clock.instant());
        assertThat(batch.progress.all().block().values()).hasSize(4).allSatisfy(progress -> {
            assertThat(progress.asOf()).isEqualTo(view.startedAt());
            assertThat(progress.owner()).isNull();
        });
    }

    @Test
    void groupOffsets_areCommitted_forLagTools() throws Exception {
        likes.append(TestDatabase.randomLikes(100));

        batch.run();

        Set<TopicPartition> partitions = Set.copyOf(LogSnapshot.partitions(likes.log()));
        try (Consumer<byte[], byte[]> consumer = likes.clients(1).consumer()) {
            Map<TopicPartition, Long> committed = consumer.committed(partitions).entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, e -> offset(e.getValue())));
            assertThat(committed).isEqualTo(consumer.endOffsets(partitions));
        }
    }

    @Test
    void unavailableGroupCoordinator_doesNotDelayTheEndOfTheRun() throws Exception {
        likes.append(TestDatabase.randomLikes(100));
        Run run = batch.request();
        List<Duration> timeouts = new ArrayList<>();
        List<Boolean> wasFinished = new ArrayList<>();
        KafkaClients withoutCoordinator =
                new KafkaClients(
                        KafkaClientSettings.of(Map.of("bootstrap.servers", likes.broker)), likes.topic, "", 500) {
                    @Override
                    @SuppressWarnings("unchecked")
                    public Consumer<byte[], byte[]> consumer() {
                        Consumer<byte[], byte[]> real = super.consumer();
                        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {Consumer.class},
                                (proxy, method, arguments) -> {
                                    if (method.getName().equals("commitSync")) {
                                        wasFinished.add(batch.store
                                                .find(run.id())
                                                .block()
                                                .isFinished());
                                        timeouts.add((Duration) arguments[1]);
                                        throw new TimeoutException("no coordinator");
                                    }
                                    return method.invoke(real, arguments);
                                });
                    }
                };
        RunContext tools = new RunContext(
                new DatabaseSettings(database.mongo, TestDatabase.CALENDAR.zone(), LikeFixtures.HASH),
                LikeFixtures.HASH,
                batch.progress,
                new ReportStore(database.mongo),
                batch.erasureStores,
                TestDatabase.CALENDAR,
                batch.metrics,
                batch.deadLetterMetrics,
                new FoldTracing(Tracer.NOOP, Propagator.NOOP),
                500,
                Duration.ofSeconds(30),
                BatchInstance.LEASE);

        new RunExecutor(withoutCoordinator, tools, batch.store, "me", database.clock)
                .execute(run, null, new CountDownLatch(1));

        assertThat(batch.view(run).status()).isEqualTo(RunStatus.done);
        assertThat(wasFinished).containsExactly(true);
        assertThat(timeouts).singleElement(DURATION).isLessThanOrEqualTo(Duration.ofSeconds(5));
    }

    private static long offset(OffsetAndMetadata committed) {
        return committed.offset();
    }

    @Test
    void concurrentlySavedReport_isReloadedAndFoldedAgain() throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(1_000);
        likes.append(events);
        BatchInstance other = database.batch(likes);
        Run run = other.request();
        BatchInstance overtaken = database.batch(likes, 500, CrashPoints.pausingAt(1, () -> {
            other.expireLeases();
            other.execute(run);
        }));

        overtaken.execute(run);

        database.assertFiguresEqualNaiveCount(events);
        assertThat(overtaken
                        .registry
                        .get("heartline.reports.conflicts")
                        .counter()
                        .count())
                .isPositive();
    }

    @Test
    void likeForASealedWeek_isANumberedCorrection() throws Exception {
        likes.append(List.of(like("1", "bob")));
        batch.run();
        assertThat(database.figures("alice").revision()).isEqualTo(1);

        likes.append(List.of(like("2", "carol")));
        batch.run();

        assertThat(database.figures("alice").revision()).isEqualTo(2);
        assertThat(database.figures("alice").likes()).isEqualTo(2);
    }

    @Test
    void weekSealedBetweenPlanAndFold_lateLikeIsACorrection() throws Exception {
        TestClock sunday = new TestClock(Instant.parse("2026-11-22T23:00:00Z"));
        likes.append(List.of(like("1", "bob")));
        new BatchInstance(likes, database.mongo, TestDatabase.CALENDAR, sunday, 500, CrashPoints.withoutCrash()).run();
        likes.append(List.of(like("2", "carol")));
        BatchInstance planner = new BatchInstance(
                likes,
                database.mongo,
                TestDatabase.CALENDAR,
                sunday,
                500,
                CrashPoints.crashingAt(CrashPoints.AFTER_POLL, 0));
        Run run = planner.request();
        assertThatExceptionOfType(SimulatedCrash.class).isThrownBy(() -> planner.execute(run));
        assertThat(batch.store.find(run.id()).block().isPlanned()).isTrue();

        // another instance took its snapshot before the second like, and stores the asOf time only now
        Instant wednesday = Instant.parse("2026-11-25T00:00:00Z");
        batch.progress.all().block().values().forEach(progress -> batch.progress
                .advanceAsOf(progress, wednesday)
                .block());
        batch.expireLeases();
        batch.execute(run);

        assertThat(batch.view(run).status()).isEqualTo(RunStatus.done);
        assertThat(database.figures("alice").revision()).isEqualTo(2);
    }

    @Test
    void finishedRun_isCounted_withItsDuration() throws Exception {
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
        return new Liked(id, "p-1", "alice", liker, LikeFixtures.MONDAY);
    }
}
