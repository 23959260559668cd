package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import io.heartline.events.LikeEvent;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunService;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.run.RunStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** An instance is stopped while it folds, as by SIGTERM, and is started again. */
class ShutdownIT implements CommandListener {

    private static final int CHUNK = 100;
    private static final int CHUNK_OF_THE_STOP = 2;

    private final TestDatabase database = new TestDatabase();
    private final ProgressStore progress = new ProgressStore(database.mongo);
    private ConfigurableApplicationContext batch;
    private TestTopic likes;
    private int chunksWritten;
    private long foldedBefore;
    private volatile CompletableFuture<Void> closed;

    @AfterEach
    void close() {
        batch.close();
        database.close();
    }

    /** Stops the instance during the write of a chunk, and delays the write until the worker is stopping. */
    @Override
    public void commandStarted(CommandStartedEvent event) {
        boolean isWrite =
                new BsonString(ReportStore.COLLECTION).equals(event.getCommand().get("update"));
        if (isWrite && ++chunksWritten == CHUNK_OF_THE_STOP) {
            foldedBefore = folded();
            closed = CompletableFuture.runAsync(batch::close);
            RunWorker worker = batch.getBean(RunWorker.class);
            await().until(() -> !worker.isRunning());
        }
    }

    @Test
    void stop_duringAChunk_finishesTheChunk_andTheNextStartCompletesTheRun() throws Exception {
        likes = TestTopic.create(8);
        List<LikeEvent> events = TestDatabase.randomLikes(1_000);
        likes.append(events);
        batch = start(this);
        Run run = batch.getBean(RunService.class).enqueue(Run.ON_REQUEST).block();
        batch.getBean(RunWorker.class).joinRun(run.id());

        await().until(() -> closed != null);
        closed.get(30, TimeUnit.SECONDS);

        assertThat(chunksWritten).isEqualTo(CHUNK_OF_THE_STOP);
        assertThat(folded()).isGreaterThan(foldedBefore).isLessThan(events.size());
        database.assertFiguresEqualNaiveCount(foldedOf(events));
        assertThat(progress.all().block().values())
                .allSatisfy(at -> assertThat(at.owner()).isNull());
        Run unfinished = new RunStore(database.mongo).find(run.id()).block();
        assertThat(unfinished.isFinished()).isFalse();

        batch = start(new CommandListener() {});

        RunService runs = batch.getBean(RunService.class);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> runs.view(run.id()).block().finishedAt() != null);
        assertThat(runs.view(run.id()).block().status()).isEqualTo(RunStatus.done);
        database.assertFiguresEqualNaiveCount(events);
        assertThat(batch.getBean(FoldMetrics.class).skipped.count())
                .as("records that were folded before and after the restart")
                .isZero();
    }

    private ConfigurableApplicationContext start(CommandListener listener) {
        return TestApplication.start(
                listener,
                database.uri,
                "heartline.reports.topic=" + likes.topic,
                "spring.kafka.bootstrap-servers=" + likes.broker,
                "heartline.reports.schedule=0 0 0 1 1 *",
                "heartline.reports.chunk-size=" + CHUNK);
    }

    private long folded() {
        return progress.all().block().values().stream()
                .mapToLong(Progress::next)
                .sum();
    }

    /** Returns the events that are folded according to the stored progress. */
    private List<LikeEvent> foldedOf(List<LikeEvent> events) {
        Map<Integer, Progress> at = progress.all().block();
        Map<Integer, Long> offsets = new HashMap<>();
        List<LikeEvent> folded = new ArrayList<>();
        for (LikeEvent event : events) {
            int partition = likes.log().partitionOf(event.authorId());
            if (offsets.merge(partition, 1L, Long::sum) <= at.get(partition).next()) {
                folded.add(event);
            }
        }
        return folded;
    }
}
