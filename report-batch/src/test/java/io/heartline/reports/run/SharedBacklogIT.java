package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.reports.fold.SomeLikes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several instances, one database. */
class SharedBacklogIT {

    private final ReportsDatabase database = new ReportsDatabase();
    private final List<Worker> started = new ArrayList<>();
    private LikesOnTopic likes;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = LikesOnTopic.create(8);
    }

    @AfterEach
    void close() {
        started.forEach(Worker::stop);
        database.close();
    }

    @Test
    void threeInstances_shareABacklog_partitionByPartition_andFoldNothingTwice() throws Exception {
        List<LikeEvent> events = backlog();
        // each waits at its first chunk until every other one has pulled one, too
        CyclicBarrier all = new CyclicBarrier(3);
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            batches.add(database.batch(likes, 200, Steps.pausingAt(0, () -> all.await(20, TimeUnit.SECONDS))));
        }

        batches.forEach(this::start);
        Run run = batches.get(0).request();
        awaitDone(batches.get(1), run);

        database.assertFiguresEqualTheNaiveCountOf(events);
        assertThat(batches)
                .allSatisfy(batch -> assertThat(batch.records("folded")).isPositive());
        assertThat(batches)
                .as("leases kept them from doing the same twice")
                .allSatisfy(batch -> assertThat(batch.records("skipped")).isZero());
    }

    @Test
    void whenOneOfTwoInstancesDies_theOtherFinishesTheRun_onceItsLeaseIsOver() throws Exception {
        List<LikeEvent> events = backlog();
        Batch dying = database.batch(likes, 200, Steps.dyingAt(Steps.AFTER_BULK, 1));
        Run run = dying.request();
        try {
            dying.work(run);
        } catch (Crash e) {
            // as intended: the assertions below tell
        }
        Batch other = database.batch(likes, 200, Steps.untroubled());
        start(other);
        int leased = (int) other.progress.all().block().values().stream()
                .filter(at -> dying.instance.equals(at.owner()))
                .count();
        assertThat(leased).isPositive();
        await().atMost(Duration.ofSeconds(30)).until(() -> behind(other, run) == leased);
        assertThat(other.view(run).status()).isEqualTo(Run.Status.running);

        dying.letLeasesRunOut();

        awaitDone(other, run);
        database.assertFiguresEqualTheNaiveCountOf(events);
    }

    @Test
    void whenTheOneThatDiesHasAClockAnHourAhead_itsPartitionsAreTakenOverAllTheSame() throws Exception {
        List<LikeEvent> events = backlog();
        database.clock.advance(Duration.ofHours(1));
        Batch dying = database.batch(likes, 200, Steps.dyingAt(Steps.AFTER_BULK, 1));
        Run run = dying.request();
        assertThatExceptionOfType(Crash.class).isThrownBy(() -> dying.work(run));
        database.clock.advance(Duration.ofHours(-1));
        Batch other = database.batch(likes, 200, Steps.untroubled());

        start(other);

        awaitDone(other, run);
        database.assertFiguresEqualTheNaiveCountOf(events);
    }

    @Test
    void aPartitionIsKept_whenTheClockIsPutBack() {
        database.batch(likes).run();
        Batch holder = database.batch(likes);
        Leases leases = new Leases(holder.progress, holder.instance, database.clock, Batch.LEASE);
        assertThat(leases.take(List.of(holder.progressOf(0)))).hasSize(1);

        database.clock.advance(Duration.ofHours(-1));
        leases.keep();

        assertThat(holder.progressOf(0).leasedUntil())
                .isEqualTo(database.clock.instant().plus(Batch.LEASE));
    }

    private long behind(Batch batch, Run run) {
        List<Long> target = batch.store.find(run.id()).block().target();
        return batch.progress.all().block().values().stream()
                .filter(at -> at.next() < target.get(at.partition()))
                .count();
    }

    @Test
    void whoAsksWhileARunIsGoing_isGivenTheOneThatWaits() throws Exception {
        List<LikeEvent> events = new ArrayList<>(ReportsDatabase.someLikes(200));
        likes.append(events);
        Batch other = database.batch(likes);
        List<Run> followUps = new ArrayList<>();
        List<LikeEvent> more = ReportsDatabase.someLikes(200, 1);
        Batch busy = database.batch(likes, 500, Steps.pausingAt(0, () -> {
            likes.append(more);
            followUps.add(other.request());
            followUps.add(other.request());
        }));
        Run first = busy.request();

        busy.workOff();

        assertThat(followUps).hasSize(2).doesNotContain(first);
        assertThat(followUps.get(0).id()).isEqualTo(followUps.get(1).id());
        assertThat(other.view(first).recordsTotal()).isEqualTo(events.size());
        assertThat(other.view(followUps.get(0)).status()).isEqualTo(Run.Status.done);
        assertThat(other.view(followUps.get(0)).recordsTotal()).isEqualTo(more.size());
        assertThat(other.runs.latest(20).block()).hasSize(2);
    }

    @Test
    void aReadOnlyReplica_leavesTheRunsOfOthersAlone() throws Exception {
        backlog();
        Batch replica = database.replica(likes);
        Run run = database.batch(likes).request();

        replica.workOff();

        assertThat(replica.view(run).startedAt()).isNull();
        assertThat(replica.progress.all().block()).isEmpty();
    }

    @Test
    void aReadOnlyReplica_doesWhatItIsAskedFor_andWhatStandsInTheWayOfThat() throws Exception {
        List<LikeEvent> events = backlog();
        Batch dead = database.batch(likes);
        Run abandoned = dead.request();
        assertThat(dead.queue.begin(abandoned.id()).block()).isTrue();
        Batch replica = database.replica(likes);
        Run asked = replica.request();
        replica.worker.join(asked.id());

        replica.workOff();

        assertThat(replica.view(abandoned).status()).isEqualTo(Run.Status.done);
        assertThat(replica.view(asked).status()).isEqualTo(Run.Status.done);
        database.assertFiguresEqualTheNaiveCountOf(events);
    }

    @Test
    void aPartitionIsKept_throughAChunkThatTakesLongerThanALease() throws Exception {
        likes = LikesOnTopic.create(1);
        List<LikeEvent> events = new ArrayList<>();
        for (int author = 0; author < 2_500; author++) {
            events.addAll(SomeLikes.of("author-" + author, 1, author));
        }
        likes.append(events);
        // a thousand reports are written at a time: here in two thirds of a lease
        List<Boolean> isHeld = new ArrayList<>();
        Steps slow = Steps.telling(step -> {
            if (step.equals(Steps.BEFORE_BULK)) {
                database.clock.advance(Batch.LEASE.multipliedBy(2).dividedBy(3));
            } else if (step.equals(Steps.BEFORE_PROGRESS)) {
                Progress at = database.batch(likes).progressOf(0);
                isHeld.add(at.leasedUntil().isAfter(database.clock.instant()));
            }
        });
        Batch holder = database.batch(likes, events.size(), slow);

        assertThat(holder.run().status()).isEqualTo(Run.Status.done);

        assertThat(isHeld).containsExactly(true);
    }

    @Test
    void aRunThatWasBegunByAnInstanceThatDiedBeforeItHadAPlan_isPlannedByAnother() throws Exception {
        List<LikeEvent> events = backlog();
        Batch dying = database.batch(likes);
        Run run = dying.request();
        assertThat(dying.queue.begin(run.id()).block()).isTrue();
        Batch other = database.batch(likes);

        other.workOff();

        assertThat(other.view(run).status()).isEqualTo(Run.Status.done);
        assertThat(other.queue.state().block().isEmpty()).isTrue();
        database.assertFiguresEqualTheNaiveCountOf(events);
    }

    @Test
    void aScheduledRunThatWouldFindNothing_leavesNoTrace_andVouchesForNow() throws Exception {
        Batch batch = database.batch(likes);
        likes.append(ReportsDatabase.someLikes(100));
        batch.worker.tick();
        batch.workOff();
        assertThat(batch.runs.latest(20).block()).singleElement().satisfies(view -> assertThat(view.trigger())
                .isEqualTo(Run.ON_SCHEDULE));

        database.clock.advance(Duration.ofMinutes(5));
        batch.worker.tick();
        batch.workOff();

        assertThat(batch.runs.latest(20).block()).hasSize(1);
        assertThat(batch.progress.all().block().values())
                .allSatisfy(at -> assertThat(at.asOf()).isEqualTo(database.clock.instant()));
    }

    @Test
    void runsAreForgottenAfterAWhile() {
        Batch batch = database.batch(likes);
        Run run = batch.request();
        batch.workOff();
        assertThat(batch.view(run)).isNotNull();

        database.clock.advance(Duration.ofDays(36));
        batch.worker.tick();
        batch.workOff();

        assertThat(batch.view(run)).isNull();
    }

    private List<LikeEvent> backlog() throws Exception {
        List<LikeEvent> events = ReportsDatabase.someLikes(4_000);
        likes.append(events);
        return events;
    }

    private void start(Batch batch) {
        batch.worker.start();
        started.add(batch.worker);
    }

    private static void awaitDone(Batch batch, Run run) {
        await().atMost(Duration.ofSeconds(30)).until(() -> batch.view(run).status() == Run.Status.done);
    }
}
