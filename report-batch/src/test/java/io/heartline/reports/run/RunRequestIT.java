package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A request for a run returns a run that exists, even if other instances end or remove runs concurrently. */
class RunRequestIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final TestDatabase database = new TestDatabase();
    private BatchInstance batch;

    @BeforeEach
    void ownTopic() throws Exception {
        batch = database.batch(TestTopic.create(1));
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

        assertThat(batch.view(run).status()).isEqualTo(Run.RunStatus.running);
        batch.runUntilIdle();
        assertThat(batch.view(run).status()).isEqualTo(Run.RunStatus.done);
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
        assertThat(batch.view(run).status()).isEqualTo(Run.RunStatus.done);
        assertThat(batch.view(run).finishedAt()).isNotNull();
    }

    /** The instance that ends it has read it before it was requested. */
    @Test
    void scheduledRunRequestedWhileEnding_isKept() {
        Run scheduled = batch.runs.enqueue(Run.ON_SCHEDULE).block();
        Run[] requested = new Run[1];
        BatchInstance slow = new BatchInstance(batch, new RunStore(database.mongo) {
            @Override
            public Mono<Boolean> removeScheduled(String id) {
                return store().markRequested(id)
                        .doOnNext(run -> requested[0] = run)
                        .then(super.removeScheduled(id));
            }
        });

        slow.runUntilIdle();

        assertThat(requested[0].id()).isEqualTo(scheduled.id());
        assertThat(batch.view(scheduled).status()).isEqualTo(Run.RunStatus.done);
        assertThat(batch.queue.state().block().isEmpty()).isTrue();
    }

    @Test
    void waitingRunWithoutDocument_isReplacedByTheRequest() {
        batch.queue.enqueue("removed").block();

        Run run = batch.request();

        batch.runUntilIdle();
        assertThat(batch.view(run).status()).isEqualTo(Run.RunStatus.done);
    }

    /** After a failover, a read with read concern majority may miss what an update sees. */
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
        assertThat(after.worker.advance()).as("it begins").isTrue();

        isMissed[0] = true;
        assertThat(after.worker.advance()).isFalse();
        isMissed[0] = false;

        after.runUntilIdle();
        assertThat(batch.view(run).status()).isEqualTo(Run.RunStatus.done);
    }

    @Test
    void foldedRunWithoutStoredEnd_isRunning_thenDoneWithEndTime() throws Exception {
        Run run = batch.request();
        Run.RunStatus[] before = new Run.RunStatus[1];
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

        assertThat(before[0]).isEqualTo(Run.RunStatus.running);
        assertThat(batch.view(run).status()).isEqualTo(Run.RunStatus.done);
        assertThat(batch.view(run).finishedAt()).isNotNull();
    }

    private RunStore store() {
        return new RunStore(database.mongo);
    }

    private RunService runsOf(RunStore store) {
        return new RunService(batch.queue, store, batch.progress, database.clock, Duration.ofDays(35));
    }

    /** Another instance does all there is to do. */
    private Mono<Void> others() {
        return Mono.<Void>fromRunnable(batch::runUntilIdle).subscribeOn(Schedulers.boundedElastic());
    }
}
