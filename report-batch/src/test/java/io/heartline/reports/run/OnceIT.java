package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** {@code --once} always ends: also if its run disappears, makes no progress, or MongoDB is away. */
class OnceIT {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    @Test
    void noInstanceWorksOnTheRun_itEnds_andSaysSo() throws Exception {
        try (ReportsDatabase database = new ReportsDatabase()) {
            Batch batch = database.batch(LikesOnTopic.create(1));

            assertThat(new Once(batch.runs, batch.worker, LIMIT).run())
                    .isEqualTo("no instance has made progress for 2 s");
        }
    }

    @Test
    void theRunsDocumentIsRemoved_itEnds_andSaysSo() throws Exception {
        try (ReportsDatabase database = new ReportsDatabase()) {
            Batch batch = database.batch(LikesOnTopic.create(1));
            CompletableFuture<String> once = CompletableFuture.supplyAsync(
                    () -> new Once(batch.runs, batch.worker, Duration.ofMinutes(5)).run());
            await().until(() -> batch.queue.state().block().waiting() != null);

            batch.store.remove(batch.queue.state().block().waiting()).block();

            assertThat(once.get(30, TimeUnit.SECONDS)).isEqualTo("its document was removed from MongoDB");
        }
    }

    @Test
    void theThreadOfRunsHasEnded_itEnds_andSaysSo() throws Exception {
        try (ReportsDatabase database = new ReportsDatabase()) {
            Batch batch = database.batch(LikesOnTopic.create(1));
            Worker ended = batch.worker(
                    new RunQueue(database.mongo) {
                        @Override
                        Mono<State> state() {
                            Thread.currentThread().interrupt();
                            return super.state();
                        }
                    },
                    true);
            ended.start();
            await().until(ended::isBroken);

            assertThat(new Once(batch.runs, ended, Duration.ofMinutes(5)).run())
                    .isEqualTo("the thread that does runs has ended");
            ended.stop();
        }
    }

    @Test
    void whileMongoIsAwayForLessThanTheLimit_itWaits_andTheRunIsDone(@TempDir Path folder) throws Exception {
        int port = FreePorts.find(1)[0];
        InProcessMongo[] mongo = {InProcessMongo.inFile(folder.resolve("mongo"), port)};
        LikesOnTopic likes = LikesOnTopic.create(2);
        List<LikeEvent> events = ReportsDatabase.someLikes(500);
        likes.append(events);
        CompletableFuture<Void> isAway = new CompletableFuture<>();
        try (ReportsDatabase database = new ReportsDatabase(mongo[0].database("once"))) {
            Batch batch = database.batch(likes, 100, Steps.pausingAt(10, () -> {
                mongo[0].close();
                isAway.complete(null);
            }));
            batch.worker.start();
            CompletableFuture<String> once = CompletableFuture.supplyAsync(
                    () -> new Once(batch.runs, batch.worker, Duration.ofMinutes(5)).run());
            isAway.get(30, TimeUnit.SECONDS);
            await().until(() -> fails(batch, Trouble::isMongoAway));
            mongo[0] = InProcessMongo.inFile(folder.resolve("mongo"), port);

            assertThat(once.get(60, TimeUnit.SECONDS)).isNull();
            database.assertFiguresEqualTheNaiveCountOf(events);
            batch.worker.stop();
        } finally {
            mongo[0].close();
        }
    }

    @Test
    void mongoIsAwayForLongerThanTheLimit_itThrows(@TempDir Path folder) throws Exception {
        InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), FreePorts.find(1)[0]);
        try (ReportsDatabase database = new ReportsDatabase(mongo.database("once"))) {
            Batch batch = database.batch(LikesOnTopic.create(1));
            CompletableFuture<String> once =
                    CompletableFuture.supplyAsync(() -> new Once(batch.runs, batch.worker, LIMIT).run());
            await().until(() -> batch.queue.state().block().waiting() != null);

            mongo.close();

            assertThatThrownBy(() -> once.get(60, TimeUnit.SECONDS))
                    .cause()
                    .satisfies(e -> assertThat(Trouble.isMongoAway(e)).isTrue());
        }
    }

    private static boolean fails(Batch batch, Predicate<Throwable> how) {
        try {
            batch.queue.state().block();
            return false;
        } catch (RuntimeException e) {
            return how.test(e);
        }
    }
}
