package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.quickstart.backends.InProcessMongo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run needs goes away in the middle of it, and comes back. */
class OutageIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void whileMongoIsAway_theRunStays_andIsGoneOnWithOnceItIsBack(@TempDir Path folder) throws Exception {
        int port = FreePorts.find(1)[0];
        InProcessMongo[] mongo = {InProcessMongo.inFile(folder.resolve("mongo"), port)};
        LikesOnTopic likes = LikesOnTopic.create(2);
        List<LikeEvent> events = ReportsDatabase.someLikes(500);
        likes.append(events);
        try (ReportsDatabase database = new ReportsDatabase(mongo[0].database("outage"))) {
            Batch batch = database.batch(likes, 100, Steps.pausingAt(10, () -> mongo[0].close()));
            Run run = batch.request();
            batch.worker.start();
            try {
                await().atMost(SOON).until(() -> isUnreachable(batch, run));

                mongo[0] = InProcessMongo.inFile(folder.resolve("mongo"), port);

                await().atMost(SOON).until(() -> batch.view(run).status() == Run.Status.done);
                database.assertFiguresEqualTheNaiveCountOf(events);
            } finally {
                batch.worker.stop();
            }
        } finally {
            mongo[0].close();
        }
    }

    private static boolean isUnreachable(Batch batch, Run run) {
        try {
            batch.view(run);
            return false;
        } catch (RuntimeException e) {
            return Trouble.isMongos(e);
        }
    }

    @Test
    void whenKafkaGoesAway_theRunFails_andTheNextOneGoesOn(@TempDir Path folder) throws Exception {
        int[] ports = FreePorts.find(2);
        InProcessKafka[] kafka = {InProcessKafka.start(folder, ports[0], ports[1])};
        try (ReportsDatabase database = new ReportsDatabase()) {
            LikesOnTopic likes = LikesOnTopic.create(kafka[0].bootstrapServers(), 2);
            List<LikeEvent> events = ReportsDatabase.someLikes(500);
            likes.append(events);
            Batch batch = new Batch(
                    likes,
                    database.mongo,
                    ReportsDatabase.CALENDAR,
                    database.clock,
                    100,
                    Steps.pausingAt(10, () -> kafka[0].close()),
                    Map.of("default.api.timeout.ms", "3000", "request.timeout.ms", "2000"),
                    true);

            Run.View failed = batch.run();

            assertThat(failed.status()).isEqualTo(Run.Status.failed);
            assertThat(failed.error()).startsWith("Kafka: ");
            assertThat(batch.run().status()).as("and so does one that begins").isEqualTo(Run.Status.failed);
            kafka[0] = InProcessKafka.start(folder, ports[0], ports[1]);
            Run.View next = batch.run();
            assertThat(next.error()).isNull();
            assertThat(next.status()).isEqualTo(Run.Status.done);
            database.assertFiguresEqualTheNaiveCountOf(events);
        } finally {
            kafka[0].close();
        }
    }
}
