package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A request for a run returns a run that exists, even if other instances end or remove runs concurrently. */
class RunRequestIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final ReportsDatabase database = new ReportsDatabase();
    private Batch batch;

    @BeforeEach
    void ownTopic() throws Exception {
        batch = database.batch(LikesOnTopic.create(1));
        batch.run();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void scheduledRunEndsBeforeItIsTakenOver_theRequestIsQueuedItself() {
        batch.runs.enqueue(Run.ON_SCHEDULE).block();
        Runs runs = runsOf(new RunStore(database.mongo) {
            @Override
            Mono<Run> request(String id) {
                return others().then(super.request(id));
            }
        });

        Run run = runs.enqueue(Run.ON_REQUEST).block(SOON);

        assertThat(batch.view(run).status()).isEqualTo(Run.Status.running);
        batch.workOff();
        assertThat(batch.view(run).status()).isEqualTo(Run.Status.done);
    }

    @Test
    void scheduledRunEndsAfterItWasTakenOver_itIsKept() {
        Run scheduled = batch.runs.enqueue(Run.ON_SCHEDULE).block();
        Runs runs = runsOf(new RunStore(database.mongo) {
            @Override
            Mono<Void> remove(String id) {
                return others().then(super.remove(id));
            }
        });

        Run run = runs.enqueue(Run.ON_REQUEST).block(SOON);

        assertThat(run.id()).isEqualTo(scheduled.id());
        assertThat(batch.view(run).status()).isEqualTo(Run.Status.done);
        assertThat(batch.view(run).finishedAt()).isNotNull();
    }

    /** The instance that ends it has read it before it was requested. */
    @Test
    void scheduledRunIsTakenOverWhileItEnds_itIsKept() {
        Run scheduled = batch.runs.enqueue(Run.ON_SCHEDULE).block();
        Run[] requested = new Run[1];
        Batch slow = new Batch(batch, new RunStore(database.mongo) {
            @Override
            Mono<Boolean> removeScheduled(String id) {
                return store().request(id).doOnNext(run -> requested[0] = run).then(super.removeScheduled(id));
            }
        });

        slow.workOff();

        assertThat(requested[0].id()).isEqualTo(scheduled.id());
        assertThat(batch.view(scheduled).status()).isEqualTo(Run.Status.done);
        assertThat(batch.queue.state().block().isEmpty()).isTrue();
    }

    @Test
    void runThatWaitsHasNoDocument_theRequestTakesItsPlace() {
        batch.queue.enqueue("removed").block();

        Run run = batch.request();

        batch.workOff();
        assertThat(batch.view(run).status()).isEqualTo(Run.Status.done);
    }

    /** After a failover, a read with read concern majority may miss what an update sees. */
    @Test
    void runThatIsMissedByOneRead_isNotEnded() {
        Run run = batch.request();
        boolean[] isMissed = {false};
        Batch after = new Batch(batch, new RunStore(database.mongo) {
            @Override
            Mono<Run> find(String id) {
                return isMissed[0] ? Mono.empty() : super.find(id);
            }
        });
        assertThat(after.worker.step()).as("it begins").isTrue();

        isMissed[0] = true;
        assertThat(after.worker.step()).isFalse();
        isMissed[0] = false;

        after.workOff();
        assertThat(batch.view(run).status()).isEqualTo(Run.Status.done);
    }

    @Test
    void everythingFoldedButTheEndNotWrittenDown_isRunning_andThenDoneWithATime() throws Exception {
        Run run = batch.request();
        Run.Status[] before = new Run.Status[1];
        Batch slow = new Batch(batch, new RunStore(database.mongo) {
            @Override
            Mono<Boolean> finish(Run finished) {
                return batch.runs
                        .view(finished.id())
                        .doOnNext(view -> before[0] = view.status())
                        .then(super.finish(finished));
            }
        });

        slow.workOff();

        assertThat(before[0]).isEqualTo(Run.Status.running);
        assertThat(batch.view(run).status()).isEqualTo(Run.Status.done);
        assertThat(batch.view(run).finishedAt()).isNotNull();
    }

    private RunStore store() {
        return new RunStore(database.mongo);
    }

    private Runs runsOf(RunStore store) {
        return new Runs(batch.queue, store, batch.progress, database.clock, Duration.ofDays(35));
    }

    /** Another instance does all there is to do. */
    private Mono<Void> others() {
        return Mono.<Void>fromRunnable(batch::workOff).subscribeOn(Schedulers.boundedElastic());
    }
}
