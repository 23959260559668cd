package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.failure.Failures;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.run.RunView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MongoDB or Kafka is down during a part of a run. */
class OutageIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void mongoDown_runWaits_andContinuesWhenItIsUp(@TempDir Path folder) throws Exception {
        int port = FreePorts.find(1)[0];
        InProcessMongo[] mongo = {InProcessMongo.inFile(folder.resolve("mongo"), port)};
        TestTopic likes = TestTopic.create(2);
        List<LikeEvent> events = TestDatabase.randomLikes(500);
        likes.append(events);
        try (TestDatabase database = new TestDatabase(mongo[0].database("outage"))) {
            BatchInstance batch = database.batch(likes, 100, CrashPoints.pausingAt(10, () -> mongo[0].close()));
            Run run = batch.request();
            batch.worker.start();
            try {
                await().atMost(SOON).until(() -> isUnreachable(batch, run));

                mongo[0] = InProcessMongo.inFile(folder.resolve("mongo"), port);

                await().atMost(SOON).until(() -> batch.view(run).status() == RunStatus.done);
                database.assertFiguresEqualNaiveCount(events);
            } finally {
                batch.worker.stop();
            }
        } finally {
            mongo[0].close();
        }
    }

    private static boolean isUnreachable(BatchInstance batch, Run run) {
        try {
            batch.view(run);
            return false;
        } catch (RuntimeException e) {
            return Failures.isMongoError(e);
        }
    }

    @Test
    void kafkaDown_failsTheRun_andTheNextRunContinues(@TempDir Path folder) throws Exception {
        int[] ports = FreePorts.find(2);
        InProcessKafka[] kafka = {InProcessKafka.start(folder, ports[0], ports[1])};
        try (TestDatabase database = new TestDatabase()) {
            TestTopic likes = TestTopic.create(kafka[0].bootstrapServers(), 2);
            List<LikeEvent> events = TestDatabase.randomLikes(500);
            likes.append(events);
            BatchInstance batch = new BatchInstance(
                    likes,
                    database.mongo,
                    TestDatabase.CALENDAR,
                    database.clock,
                    100,
                    CrashPoints.pausingAt(10, () -> kafka[0].close()),
                    Map.of("default.api.timeout.ms", "3000", "request.timeout.ms", "2000"),
                    true);

            RunView failed = batch.run();

            assertThat(failed.status()).isEqualTo(RunStatus.failed);
            assertThat(failed.error()).startsWith("Kafka: ");
            assertThat(batch.run().status())
                    .as("a run that starts during the outage fails, too")
                    .isEqualTo(RunStatus.failed);
            kafka[0] = InProcessKafka.start(folder, ports[0], ports[1]);
            RunView next = batch.run();
            assertThat(next.error()).isNull();
            assertThat(next.status()).isEqualTo(RunStatus.done);
            database.assertFiguresEqualNaiveCount(events);
        } finally {
            kafka[0].close();
        }
    }
}
