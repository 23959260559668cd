package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.progress.PartitionLeases;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.run.QueueState;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several instances that share one database. */
class SharedBacklogIT {

    private final TestDatabase database = new TestDatabase();
    private final List<RunWorker> started = new ArrayList<>();
    private TestTopic likes;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(8);
    }

    @AfterEach
    void close() {
        started.forEach(RunWorker::stop);
        database.close();
    }

    @Test
    void threeInstances_shareABacklogByPartition_withoutFoldingTwice() throws Exception {
        List<LikeEvent> events = backlog();
        // each instance waits at its first chunk until every other instance has pulled a chunk
        CyclicBarrier all = new CyclicBarrier(3);
        List<BatchInstance> batches = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            batches.add(database.batch(likes, 200, CrashPoints.pausingAt(0, () -> all.await(20, TimeUnit.SECONDS))));
        }

        batches.forEach(this::start);
        Run run = batches.get(0).request();
        awaitDone(batches.get(1), run);

        database.assertFiguresEqualNaiveCount(events);
        assertThat(batches)
                .allSatisfy(batch -> assertThat(batch.records("folded")).isPositive());
        assertThat(batches)
                .as("leases prevent that two instances fold the same records")
                .allSatisfy(batch -> assertThat(batch.records("skipped")).isZero());
    }

    @Test
    void deadInstance_otherInstanceFinishesTheRun_afterItsLeaseExpires() throws Exception {
        List<LikeEvent> events = backlog();
        BatchInstance dying = database.batch(likes, 200, CrashPoints.crashingAt(CrashPoints.AFTER_BULK, 1));
        Run run = dying.request();
        try {
            dying.execute(run);
        } catch (SimulatedCrash e) {
            // expected: the assertions below check the state after the crash
        }
        BatchInstance other = database.batch(likes, 200, CrashPoints.withoutCrash());
        start(other);
        int leased = (int) other.progress.all().block().values().stream()
                .filter(progress -> dying.instance.equals(progress.owner()))
                .count();
        assertThat(leased).isPositive();
        await().atMost(Duration.ofSeconds(30)).until(() -> countLagging(other, run) == leased);
        assertThat(other.view(run).status()).isEqualTo(RunStatus.running);

        dying.expireLeases();

        awaitDone(other, run);
        database.assertFiguresEqualNaiveCount(events);
    }

    @Test
    void deadInstanceWithClockAhead_partitionsAreTakenOver() throws Exception {
        List<LikeEvent> events = backlog();
        database.clock.advance(Duration.ofHours(1));
        BatchInstance dying = database.batch(likes, 200, CrashPoints.crashingAt(CrashPoints.AFTER_BULK, 1));
        Run run = dying.request();
        assertThatExceptionOfType(SimulatedCrash.class).isThrownBy(() -> dying.execute(run));
        database.clock.advance(Duration.ofHours(-1));
        BatchInstance other = database.batch(likes, 200, CrashPoints.withoutCrash());

        start(other);

        awaitDone(other, run);
        database.assertFiguresEqualNaiveCount(events);
    }

    @Test
    void clockSetBack_leaseIsKept() {
        database.batch(likes).run();
        BatchInstance holder = database.batch(likes);
        PartitionLeases leases =
                new PartitionLeases(holder.progress, holder.instance, database.clock, BatchInstance.LEASE);
        assertThat(leases.acquire(List.of(holder.progressOf(0)))).hasSize(1);

        database.clock.advance(Duration.ofHours(-1));
        leases.renewIfDue();

        assertThat(holder.progressOf(0).leasedUntil())
                .isEqualTo(database.clock.instant().plus(BatchInstance.LEASE));
    }

    private long countLagging(BatchInstance batch, Run run) {
        List<Long> target = batch.store.find(run.id()).block().target();
        return batch.progress.all().block().values().stream()
                .filter(progress -> progress.next() < target.get(progress.partition()))
                .count();
    }

    @Test
    void requestsDuringARun_shareTheWaitingRun() throws Exception {
        List<LikeEvent> events = new ArrayList<>(TestDatabase.randomLikes(200));
        likes.append(events);
        BatchInstance other = database.batch(likes);
        List<Run> followUps = new ArrayList<>();
        List<LikeEvent> more = TestDatabase.randomLikes(200, 1);
        BatchInstance busy = database.batch(likes, 500, CrashPoints.pausingAt(0, () -> {
            likes.append(more);
            followUps.add(other.request());
            followUps.add(other.request());
        }));
        Run first = busy.request();

        busy.runUntilIdle();

        assertThat(followUps).hasSize(2).doesNotContain(first);
        assertThat(followUps.get(0).id()).isEqualTo(followUps.get(1).id());
        assertThat(other.view(first).recordsTotal()).isEqualTo(events.size());
        assertThat(other.view(followUps.get(0)).status()).isEqualTo(RunStatus.done);
        assertThat(other.view(followUps.get(0)).recordsTotal()).isEqualTo(more.size());
        assertThat(other.runs.latest(20).block()).hasSize(2);
    }

    @Test
    void readOnlyReplica_ignoresRunsOfOtherInstances() throws Exception {
        backlog();
        BatchInstance replica = database.readOnlyReplica(likes);
        Run run = database.batch(likes).request();

        replica.runUntilIdle();

        assertThat(replica.view(run).startedAt()).isNull();
        assertThat(replica.progress.all().block()).isEmpty();
    }

    @Test
    void readOnlyReplica_executesItsRequestedRun_andTheRunBeforeIt() throws Exception {
        List<LikeEvent> events = backlog();
        BatchInstance dead = database.batch(likes);
        Run abandoned = dead.request();
        assertThat(dead.queue.start(abandoned.id()).block()).isTrue();
        BatchInstance replica = database.readOnlyReplica(likes);
        Run requested = replica.request();
        replica.worker.joinRun(requested.id());

        replica.runUntilIdle();

        assertThat(replica.view(abandoned).status()).isEqualTo(RunStatus.done);
        assertThat(replica.view(requested).status()).isEqualTo(RunStatus.done);
        database.assertFiguresEqualNaiveCount(events);
    }

    @Test
    void longChunk_leaseIsRenewed() throws Exception {
        likes = TestTopic.create(1);
        List<LikeEvent> events = new ArrayList<>();
        for (int author = 0; author < 2_500; author++) {
            events.addAll(LikeFixtures.of("author-" + author, 1, author));
        }
        likes.append(events);
        // 1000 reports are written in one batch, which takes two thirds of a lease here
        List<Boolean> isHeld = new ArrayList<>();
        CrashPoints slow = CrashPoints.notifying(step -> {
            if (step.equals(CrashPoints.BEFORE_BULK)) {
                database.clock.advance(BatchInstance.LEASE.multipliedBy(2).dividedBy(3));
            } else if (step.equals(CrashPoints.BEFORE_PROGRESS)) {
                Progress progress = database.batch(likes).progressOf(0);
                isHeld.add(progress.leasedUntil().isAfter(database.clock.instant()));
            }
        });
        BatchInstance holder = database.batch(likes, events.size(), slow);

        assertThat(holder.run().status()).isEqualTo(RunStatus.done);

        assertThat(isHeld).containsExactly(true);
    }

    @Test
    void runOfADeadInstanceWithoutPlan_isPlannedByAnother() throws Exception {
        List<LikeEvent> events = backlog();
        BatchInstance dying = database.batch(likes);
        Run run = dying.request();
        assertThat(dying.queue.start(run.id()).block()).isTrue();
        BatchInstance other = database.batch(likes);

        other.runUntilIdle();

        assertThat(other.view(run).status()).isEqualTo(RunStatus.done);
        assertThat(other.queue.state().block()).isEqualTo(new QueueState.Idle());
        database.assertFiguresEqualNaiveCount(events);
    }

    @Test
    void scheduledRunWithoutRecords_isNotStored_andAdvancesAsOf() throws Exception {
        BatchInstance batch = database.batch(likes);
        likes.append(TestDatabase.randomLikes(100));
        batch.worker.requestScheduledRun();
        batch.runUntilIdle();
        assertThat(batch.runs.latest(20).block()).singleElement().satisfies(view -> assertThat(view.trigger())
                .isEqualTo(Run.ON_SCHEDULE));

        database.clock.advance(Duration.ofMinutes(5));
        batch.worker.requestScheduledRun();
        batch.runUntilIdle();

        assertThat(batch.runs.latest(20).block()).hasSize(1);
        assertThat(batch.progress.all().block().values())
                .allSatisfy(progress -> assertThat(progress.asOf()).isEqualTo(database.clock.instant()));
    }

    @Test
    void expiredRuns_areRemoved() {
        BatchInstance batch = database.batch(likes);
        Run run = batch.request();
        batch.runUntilIdle();
        assertThat(batch.view(run)).isNotNull();

        database.clock.advance(Duration.ofDays(36));
        batch.worker.requestScheduledRun();
        batch.runUntilIdle();

        assertThat(batch.view(run)).isNull();
    }

    private List<LikeEvent> backlog() throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(4_000);
        likes.append(events);
        return events;
    }

    private void start(BatchInstance batch) {
        batch.worker.start();
        started.add(batch.worker);
    }

    private static void awaitDone(BatchInstance batch, Run run) {
        await().atMost(Duration.ofSeconds(30)).until(() -> batch.view(run).status() == RunStatus.done);
    }
}
