package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.failure.Failures;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.QueueState;
import io.heartline.reports.run.RunQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** {@code --once} always ends, even if its run is removed or makes no progress, or if MongoDB is down. */
class SingleRunIT {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    @Test
    void runWithoutProgress_endsWithError() throws Exception {
        try (TestDatabase database = new TestDatabase()) {
            BatchInstance batch = database.batch(TestTopic.create(1));

            assertThat(new SingleRun(batch.runs, batch.worker, LIMIT).run())
                    .isEqualTo("no instance has made progress for 2 s");
        }
    }

    @Test
    void removedRunDocument_endsWithError() throws Exception {
        try (TestDatabase database = new TestDatabase()) {
            BatchInstance batch = database.batch(TestTopic.create(1));
            CompletableFuture<String> once = CompletableFuture.supplyAsync(
                    () -> new SingleRun(batch.runs, batch.worker, Duration.ofMinutes(5)).run());
            await().until(() -> batch.queue.state().block().waiting() != null);

            batch.store.remove(batch.queue.state().block().waiting()).block();

            assertThat(once.get(30, TimeUnit.SECONDS)).isEqualTo("its document was removed from MongoDB");
        }
    }

    @Test
    void endedWorkerThread_endsWithError() throws Exception {
        try (TestDatabase database = new TestDatabase()) {
            BatchInstance batch = database.batch(TestTopic.create(1));
            RunWorker ended = batch.worker(
                    new RunQueue(database.mongo) {
                        @Override
                        public Mono<QueueState> state() {
                            Thread.currentThread().interrupt();
                            return super.state();
                        }
                    },
                    true);
            ended.start();
            await().until(ended::isBroken);

            assertThat(new SingleRun(batch.runs, ended, Duration.ofMinutes(5)).run())
                    .isEqualTo("the thread that does runs has ended");
            ended.stop();
        }
    }

    @Test
    void mongoDownShorterThanTheTimeout_waits_andTheRunIsDone(@TempDir Path folder) throws Exception {
        int port = FreePorts.find(1)[0];
        InProcessMongo[] mongo = {InProcessMongo.inFile(folder.resolve("mongo"), port)};
        TestTopic likes = TestTopic.create(2);
        List<LikeEvent> events = TestDatabase.randomLikes(500);
        likes.append(events);
        CompletableFuture<Void> isAway = new CompletableFuture<>();
        try (TestDatabase database = new TestDatabase(mongo[0].database("once"))) {
            BatchInstance batch = database.batch(likes, 100, CrashPoints.pausingAt(10, () -> {
                mongo[0].close();
                isAway.complete(null);
            }));
            batch.worker.start();
            CompletableFuture<String> once = CompletableFuture.supplyAsync(
                    () -> new SingleRun(batch.runs, batch.worker, Duration.ofMinutes(5)).run());
            isAway.get(30, TimeUnit.SECONDS);
            await().until(() -> fails(batch, Failures::isMongoUnavailable));
            mongo[0] = InProcessMongo.inFile(folder.resolve("mongo"), port);

            assertThat(once.get(60, TimeUnit.SECONDS)).isNull();
            database.assertFiguresEqualNaiveCount(events);
            batch.worker.stop();
        } finally {
            mongo[0].close();
        }
    }

    @Test
    void mongoDownLongerThanTheTimeout_throws(@TempDir Path folder) throws Exception {
        InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), FreePorts.find(1)[0]);
        try (TestDatabase database = new TestDatabase(mongo.database("once"))) {
            BatchInstance batch = database.batch(TestTopic.create(1));
            CompletableFuture<String> once =
                    CompletableFuture.supplyAsync(() -> new SingleRun(batch.runs, batch.worker, LIMIT).run());
            await().until(() -> batch.queue.state().block().waiting() != null);

            mongo.close();

            assertThatThrownBy(() -> once.get(60, TimeUnit.SECONDS))
                    .cause()
                    .satisfies(e -> assertThat(Failures.isMongoUnavailable(e)).isTrue());
        }
    }

    private static boolean fails(BatchInstance batch, Predicate<Throwable> how) {
        try {
            batch.queue.state().block();
            return false;
        } catch (RuntimeException e) {
            return how.test(e);
        }
    }
}
