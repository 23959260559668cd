package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.reports.kafka.TestTopic;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two processes share a backlog, and one is killed during the run. */
@Tag("slow")
class KilledProcessIT {

    private static final String[] SETTINGS = {
        "heartline.reports.chunk-size=100", "heartline.reports.lease=3s", "heartline.reports.queue-poll-interval=100ms"
    };

    @Test
    void killedProcess_otherFinishesTheRun_andServesItsStatus() throws Exception {
        TestTopic likes = TestTopic.create(8);
        List<LikeEvent> events = TestDatabase.randomLikes(8_000);
        likes.append(events);
        try (TestDatabase database = new TestDatabase();
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
            database.assertFiguresEqualNaiveCount(events);
        }
    }
}
