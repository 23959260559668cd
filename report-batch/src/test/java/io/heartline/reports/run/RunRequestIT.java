package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A request for a run returns a run that exists, even if other instances end or remove runs concurrently. */
class RunRequestIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final TestDatabase database = new TestDatabase();
    private TestTopic likes;
    private BatchInstance batch;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(1);
        batch = database.batch(likes);
        batch.run();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void scheduledRunEndsFirst_requestIsQueuedItself() {
        batch.runs.enqueue(Run.ON_SCHEDULE).block();
        RunService runs = runsOf(new RunStore(database.mongo) {
            @Override
            Mono<Run> markRequested(String id) {
                return others().then(super.markRequested(id));
            }
        });

        Run run = runs.enqueue(Run.ON_REQUEST).block(SOON);

        assertThat(batch.view(run).status()).isEqualTo(RunStatus.running);
        batch.runUntilIdle();
        assertThat(batch.view(run).status()).isEqualTo(RunStatus.done);
    }

    @Test
    void scheduledRunEndsAfterBeingRequested_isKept() {
        Run scheduled = batch.runs.enqueue(Run.ON_SCHEDULE).block();
        RunService runs = runsOf(new RunStore(database.mongo) {
            @Override
            public Mono<Void> remove(String id) {
                return others().then(super.remove(id));
            }
        });

        Run run = runs.enqueue(Run.ON_REQUEST).block(SOON);

        assertThat(run.id()).isEqualTo(scheduled.id());
        assertThat(batch.view(run).status()).isEqualTo(RunStatus.done);
        assertThat(batch.view(run).finishedAt()).isNotNull();
    }

    /** An instance of an earlier release also marks planned runs as requested. */
    @Test
    void scheduledRunRequestedWhileEnding_isKept() {
        Run scheduled = batch.runs.enqueue(Run.ON_SCHEDULE).block();
        BatchInstance slow = new BatchInstance(batch, new RunStore(database.mongo) {
            @Override
            public Mono<Boolean> removeScheduled(String id) {
                return database.mongo
                        .updateFirst(
                                Query.query(Criteria.where("_id").is(id)),
                                Update.update("trigger", Run.ON_REQUEST),
                                Run.class)
                        .then(super.removeScheduled(id));
            }
        });

        slow.runUntilIdle();

        assertThat(batch.view(scheduled).status()).isEqualTo(RunStatus.done);
        assertThat(batch.queue.state().block()).isEqualTo(new QueueState.Idle());
    }

    @Test
    void waitingRunWithoutDocument_isReplacedByTheRequest() {
        batch.queue.enqueue("removed").block();

        Run run = batch.request();

        batch.runUntilIdle();
        assertThat(batch.view(run).status()).isEqualTo(RunStatus.done);
    }

    /** After a failover, a read with read concern majority may miss a document that an update finds. */
    @Test
    void runMissedByAMajorityRead_isNotEnded() {
        Run run = batch.request();
        boolean[] isMissed = {false};
        BatchInstance after = new BatchInstance(batch, new RunStore(database.mongo) {
            @Override
            public Mono<Run> find(String id) {
                return isMissed[0] ? Mono.empty() : super.find(id);
            }
        });
        assertThat(after.takeStep()).as("the run is started").isTrue();

        isMissed[0] = true;
        assertThat(after.takeStep()).isFalse();
        isMissed[0] = false;

        after.runUntilIdle();
        assertThat(batch.view(run).status()).isEqualTo(RunStatus.done);
    }

    @Test
    void foldedRunWithoutStoredEnd_isRunning_thenDoneWithEndTime() throws Exception {
        Run run = batch.request();
        RunStatus[] before = new RunStatus[1];
        BatchInstance slow = new BatchInstance(batch, new RunStore(database.mongo) {
            @Override
            public Mono<Boolean> finish(Run finished) {
                return batch.runs
                        .view(finished.id())
                        .doOnNext(view -> before[0] = view.status())
                        .then(super.finish(finished));
            }
        });

        slow.runUntilIdle();

        assertThat(before[0]).isEqualTo(RunStatus.running);
        assertThat(batch.view(run).status()).isEqualTo(RunStatus.done);
        assertThat(batch.view(run).finishedAt()).isNotNull();
    }

    @Test
    void requestAfterTheSnapshot_isNotPlannedFromIt() throws Exception {
        likes.append(TestDatabase.randomLikes(10));
        String scheduled = batch.startScheduledRun();
        likes.append(TestDatabase.randomLikes(5));
        assertThat(store().markRequested(scheduled).block())
                .as("the run is marked, as by a request that found it waiting")
                .isNotNull();

        batch.runUntilIdle();

        assertThat(batch.runs.view(scheduled).block().recordsTotal()).isEqualTo(15);
    }

    @Test
    void requestAfterTheReusedPlan_isQueuedItself() throws Exception {
        likes.append(TestDatabase.randomLikes(10));
        Run[] requested = new Run[1];
        BatchInstance planner = new BatchInstance(batch, new RunStore(database.mongo) {
            @Override
            public Mono<Run> savePlanIfScheduled(Run planned) {
                return super.savePlanIfScheduled(planned)
                        .doOnNext(run -> assertThat(run.isPlanned()).isTrue())
                        .flatMap(run -> store().markRequested(run.id())
                                .doOnNext(joined -> requested[0] = joined)
                                .thenReturn(run));
            }
        });
        String scheduled = planner.startScheduledRun();
        planner.runUntilIdle();

        assertThat(requested[0]).as("no request joins a planned run").isNull();
        assertThat(batch.runs.view(scheduled).block().recordsTotal()).isEqualTo(10);

        likes.append(TestDatabase.randomLikes(5));
        assertThat(batch.run().recordsTotal()).isEqualTo(5);
    }

    @Test
    void runThatFoldedSinceTheSnapshot_isNotCountedAgain() throws Exception {
        likes.append(TestDatabase.randomLikes(10));
        String scheduled = batch.startScheduledRun();
        Run other = Run.requested("other", Run.ON_REQUEST, database.clock.instant());
        store().insert(other).block();
        new BatchInstance(batch, new RunStore(database.mongo)).execute(other);

        batch.runUntilIdle();

        assertThat(store().find(scheduled).block())
                .as("an empty scheduled run is removed")
                .isNull();
    }

    private RunStore store() {
        return new RunStore(database.mongo);
    }

    private RunService runsOf(RunStore store) {
        return new RunService(batch.queue, store, batch.progress, database.clock, Duration.ofDays(35));
    }

    /** Lets another instance run until it is idle. */
    private Mono<Void> others() {
        return Mono.<Void>fromRunnable(batch::runUntilIdle).subscribeOn(Schedulers.boundedElastic());
    }
}
