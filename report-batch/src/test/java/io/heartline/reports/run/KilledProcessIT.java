package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two processes share a backlog, and one is killed in the middle of it. */
class KilledProcessIT {

    private static final String[] SETTINGS = {
        "heartline.reports.chunk=100", "heartline.reports.lease=3s", "heartline.reports.watch=100ms"
    };

    @Test
    void theOtherFinishesTheRun_andAnswersForItAllAlong() throws Exception {
        LikesOnTopic likes = LikesOnTopic.create(8);
        List<LikeEvent> events = ReportsDatabase.someLikes(15_000);
        likes.append(events);
        try (ReportsDatabase database = new ReportsDatabase();
                BatchProcess killed = new BatchProcess(likes, database.uri, SETTINGS);
                BatchProcess other = new BatchProcess(likes, database.uri, SETTINGS)) {
            String run = killed.request();
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        JsonNode done = other.run(run).get("recordsDone");
                        return done != null && done.asLong() > 0;
                    });

            killed.kill();

            JsonNode atTheKill = other.run(run);
            assertThat(atTheKill.get("status").asString()).isEqualTo("running");
            assertThat(atTheKill.get("recordsTotal").asLong()).isEqualTo(events.size());
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> other.run(run).get("status").asString().equals("done"));
            assertThat(other.run(run).get("recordsDone").asLong()).isEqualTo(events.size());
            database.assertFiguresEqualTheNaiveCountOf(events);
        }
    }
}
