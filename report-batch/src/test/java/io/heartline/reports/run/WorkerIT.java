package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;

/** After an exception or an Error the thread of runs continues. If it ends, readiness shows that. */
class WorkerIT {

    private final ReportsDatabase database = new ReportsDatabase();
    private LikesOnTopic likes;
    private Worker worker;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = LikesOnTopic.create(1);
    }

    @AfterEach
    void close() {
        worker.stop();
        database.close();
    }

    @Test
    void errorInARun_failsIt_andTheNextRunFoldsEverything() throws Exception {
        AtomicInteger steps = new AtomicInteger();
        Batch batch = database.batch(likes, 500, Steps.telling(step -> {
            if (steps.getAndIncrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
        }));
        List<LikeEvent> events = ReportsDatabase.someLikes(100);
        likes.append(events);
        worker = batch.worker;
        worker.start();

        Run first = batch.request();
        await().until(() -> batch.view(first).status() != Run.Status.running);
        Run second = batch.request();
        await().until(() -> batch.view(second).status() != Run.Status.running);

        assertThat(batch.view(first).error()).isEqualTo("java.lang.OutOfMemoryError: unable to create native thread");
        assertThat(batch.view(first).finishedAt()).isNotNull();
        assertThat(batch.view(second).status()).isEqualTo(Run.Status.done);
        assertThat(batch.progressOf(0).owner()).isNull();
        database.assertFiguresEqualTheNaiveCountOf(events);
        batch.assertBooksBalance();
    }

    @Test
    void runWhosePlannerDied_andThatFailsOnEveryOtherInstance_fails() throws Exception {
        likes.append(ReportsDatabase.someLikes(100));
        Batch planner = database.batch(likes, 500, Steps.dyingAt(0));
        Run run = planner.request();
        planner.queue.begin(run.id()).block();
        assertThatThrownBy(() -> planner.work(run)).isInstanceOf(Crash.class);
        planner.letLeasesRunOut();
        Batch other = database.batch(likes, 500, Steps.telling(step -> {
            throw new ArithmeticException("a record that no instance can fold");
        }));
        worker = other.worker;
        worker.start();

        await().atMost(Duration.ofSeconds(60)).until(() -> other.view(run).status() != Run.Status.running);

        assertThat(other.view(run).error()).contains("a record that no instance can fold");
        assertThat(other.view(run).finishedAt()).isNotNull();
        await().until(() -> other.queue.state().block().isEmpty());
    }

    @Test
    void errorBetweenRuns_doesNotEndTheThread() throws Exception {
        Batch batch = database.batch(likes);
        AtomicInteger looks = new AtomicInteger();
        worker = batch.worker(
                new RunQueue(database.mongo) {
                    @Override
                    Mono<State> state() {
                        if (looks.getAndIncrement() == 0) {
                            throw new NoClassDefFoundError("once");
                        }
                        return super.state();
                    }
                },
                true);
        worker.start();

        Run run = batch.request();

        await().until(() -> batch.view(run).status() == Run.Status.done);
        assertThat(new RunsHealth(worker).health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void threadThatHasEnded_isReported_butNotAfterAStop() {
        Batch batch = database.batch(likes);
        worker = batch.worker(
                new RunQueue(database.mongo) {
                    @Override
                    Mono<State> state() {
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
