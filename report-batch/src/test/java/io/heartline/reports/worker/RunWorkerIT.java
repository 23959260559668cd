package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.QueueState;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunQueue;
import io.heartline.reports.run.RunStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;

/** The worker thread continues after an exception or an Error. If the thread ends, the instance is not ready. */
class RunWorkerIT {

    private final TestDatabase database = new TestDatabase();
    private TestTopic likes;
    private RunWorker worker;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(1);
    }

    @AfterEach
    void close() {
        worker.stop();
        database.close();
    }

    @Test
    void errorInARun_failsTheRun_andTheNextRunFoldsEverything() throws Exception {
        AtomicInteger steps = new AtomicInteger();
        BatchInstance batch = database.batch(likes, 500, CrashPoints.notifying(step -> {
            if (steps.getAndIncrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
        }));
        List<LikeEvent> events = TestDatabase.randomLikes(100);
        likes.append(events);
        worker = batch.worker;
        worker.start();

        Run first = batch.request();
        await().until(() -> batch.view(first).status() != RunStatus.running);
        Run second = batch.request();
        await().until(() -> batch.view(second).status() != RunStatus.running);

        assertThat(batch.view(first).error()).isEqualTo("java.lang.OutOfMemoryError: unable to create native thread");
        assertThat(batch.view(first).finishedAt()).isNotNull();
        assertThat(batch.view(second).status()).isEqualTo(RunStatus.done);
        assertThat(batch.progressOf(0).owner()).isNull();
        database.assertFiguresEqualNaiveCount(events);
        batch.assertEveryRecordIsAccountedFor();
    }

    @Test
    void runOfADeadPlanner_thatFailsOnEveryInstance_fails() throws Exception {
        likes.append(TestDatabase.randomLikes(100));
        BatchInstance planner = database.batch(likes, 500, CrashPoints.crashingAt(0));
        Run run = planner.request();
        planner.queue.start(run.id()).block();
        assertThatThrownBy(() -> planner.execute(run)).isInstanceOf(SimulatedCrash.class);
        planner.expireLeases();
        BatchInstance other = database.batch(likes, 500, CrashPoints.notifying(step -> {
            throw new ArithmeticException("a record that no instance can fold");
        }));
        worker = other.worker;
        worker.start();

        await().atMost(Duration.ofSeconds(60)).until(() -> other.view(run).status() != RunStatus.running);

        assertThat(other.view(run).error()).contains("a record that no instance can fold");
        assertThat(other.view(run).finishedAt()).isNotNull();
        await().until(() -> other.queue.state().block() instanceof QueueState.Idle);
    }

    @Test
    void errorBetweenRuns_doesNotEndTheThread() throws Exception {
        BatchInstance batch = database.batch(likes);
        AtomicInteger calls = new AtomicInteger();
        worker = batch.worker(
                new RunQueue(database.mongo) {
                    @Override
                    public Mono<QueueState> state() {
                        if (calls.getAndIncrement() == 0) {
                            throw new NoClassDefFoundError("once");
                        }
                        return super.state();
                    }
                },
                true);
        worker.start();

        Run run = batch.request();

        await().until(() -> batch.view(run).status() == RunStatus.done);
        assertThat(new RunsHealth(worker).health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void endedThread_isUnhealthy_unlessStopped() {
        BatchInstance batch = database.batch(likes);
        worker = batch.worker(
                new RunQueue(database.mongo) {
                    @Override
                    public Mono<QueueState> state() {
                        Thread.currentThread().interrupt();
                        return super.state();
                    }
                },
                true);
        RunsHealth health = new RunsHealth(worker);
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);

        worker.start();
        await().untilAsserted(() -> assertThat(health.health().getStatus()).isEqualTo(Status.DOWN));
        worker.stop();

        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
    }
}
