package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.DURATION;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.SomeLikes;
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

    @Test
    void groupCoordinatorIsAway_theRunIsFinishedBeforeItIsAsked_andItIsAskedForAShortTime() throws Exception {
        likes.append(ReportsDatabase.someLikes(100));
        Run run = batch.request();
        List<Duration> timeouts = new ArrayList<>();
        List<Boolean> wasFinished = new ArrayList<>();
        LikesSource withoutCoordinator =
                new LikesSource(Map.of("bootstrap.servers", likes.broker), likes.topic, "", 500) {
                    @Override
                    @SuppressWarnings("unchecked")
                    Consumer<byte[], byte[]> consumer() {
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
        Job.Tools tools = new Job.Tools(
                new DatabaseSettings(database.mongo, ReportsDatabase.CALENDAR.zone(), SomeLikes.HASH),
                SomeLikes.HASH,
                batch.progress,
                new ReportStore(database.mongo),
                new ErasureStore(database.mongo),
                ReportsDatabase.CALENDAR,
                batch.metrics,
                new Traces(Tracer.NOOP, Propagator.NOOP),
                500,
                Duration.ofSeconds(30),
                Batch.LEASE);

        new Job(withoutCoordinator, tools, batch.store, "me", database.clock).work(run, new CountDownLatch(1));

        assertThat(batch.view(run).status()).isEqualTo(Run.Status.done);
        assertThat(wasFinished).containsExactly(true);
        assertThat(timeouts).singleElement(DURATION).isLessThanOrEqualTo(Duration.ofSeconds(5));
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
    void weekThatIsSealedBetweenThePlanAndTheFold_aLateLikeIsACorrection() throws Exception {
        TestClock sunday = new TestClock(Instant.parse("2026-11-22T23:00:00Z"));
        likes.append(List.of(like("1", "bob")));
        new Batch(likes, database.mongo, ReportsDatabase.CALENDAR, sunday, 500, Steps.untroubled()).run();
        likes.append(List.of(like("2", "carol")));
        Batch planner = new Batch(
                likes, database.mongo, ReportsDatabase.CALENDAR, sunday, 500, Steps.dyingAt(Steps.AFTER_POLL, 0));
        Run run = planner.request();
        assertThatExceptionOfType(Crash.class).isThrownBy(() -> planner.work(run));
        assertThat(batch.store.find(run.id()).block().isPlanned()).isTrue();

        // another instance had looked just before the second like, and is only now done with it
        Instant wednesday = Instant.parse("2026-11-25T00:00:00Z");
        batch.progress.all().block().values().forEach(at -> batch.progress
                .vouch(at, wednesday)
                .block());
        batch.letLeasesRunOut();
        batch.work(run);

        assertThat(batch.view(run).status()).isEqualTo(Run.Status.done);
        assertThat(database.figures("alice").revision()).isEqualTo(2);
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
}
