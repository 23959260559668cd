package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import io.heartline.events.LikeEvent;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunService;
import io.heartline.reports.run.RunStatus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The service, started as in {@code main}, executes scheduled runs without a request. */
class ScheduledRunIT {

    @Test
    void scheduledRuns_areExecuted_andHealthIncludesTheirThread() throws Exception {
        TestTopic likes = TestTopic.create(2);
        List<LikeEvent> events = TestDatabase.randomLikes(100);
        likes.append(events);
        try (TestDatabase database = new TestDatabase();
                ConfigurableApplicationContext batch = TestApplication.start(
                        new CommandListener() {},
                        database.uri,
                        "heartline.reports.topic=" + likes.topic,
                        "spring.kafka.bootstrap-servers=" + likes.broker,
                        "heartline.reports.schedule=* * * * * *",
                        "management.endpoint.health.show-components=always")) {
            RunService runs = batch.getBean(RunService.class);

            await().untilAsserted(() -> assertThat(runs.latest(1).block())
                    .singleElement()
                    .satisfies(run -> assertThat(run.status()).isEqualTo(RunStatus.done)));

            assertThat(runs.latest(1).block().get(0).trigger()).isEqualTo(Run.ON_SCHEDULE);
            database.assertFiguresEqualNaiveCount(events);
            String port = batch.getEnvironment().getProperty("local.server.port");
            for (String group : List.of("readiness", "liveness")) {
                URI health = URI.create("http://127.0.0.1:" + port + "/actuator/health/" + group);
                HttpResponse<String> answer = HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).contains("\"runs\":{\"status\":\"UP\"}");
            }
        }
    }
}
