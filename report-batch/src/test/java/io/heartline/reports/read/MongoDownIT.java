package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.ReportBatchApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** A report batch that starts while MongoDB is down, until MongoDB is up. */
@Tag("slow")
class MongoDownIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void withoutMongoDb_startsNotReady_thenBecomesReady() throws Exception {
        int mongoPort = FreePorts.find(1)[0];
        try (ConfigurableApplicationContext batch = start(mongoPort)) {
            String url = "http://localhost:" + batch.getEnvironment().getProperty("local.server.port");

            long startNanos = System.nanoTime();
            HttpResponse<String> readiness = get(url + "/actuator/health/readiness");
            assertThat(readiness.statusCode()).isEqualTo(503);
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(4));
            assertThat(get(url + "/actuator/health/liveness").statusCode()).isEqualTo(200);

            HttpResponse<String> report = get(url + "/v1/authors/alice/reports/current");
            assertThat(report.statusCode()).isEqualTo(503);
            assertThat(report.headers().firstValue("Retry-After")).contains("5");
            assertThat(report.headers().firstValue("Content-Type")).contains("application/problem+json");
            for (String erased : new String[] {"/v1/authors/alice", "/v1/authors/alice/likers/bob"}) {
                HttpResponse<String> erasure = HTTP.send(
                        HttpRequest.newBuilder(URI.create(url + erased))
                                .DELETE()
                                .build(),
                        BodyHandlers.ofString());
                assertThat(erasure.statusCode()).as(erased).isEqualTo(503);
                assertThat(erasure.headers().firstValue("Retry-After")).contains("5");
            }
            HttpResponse<String> export = get(url + "/v1/reports/current/authors?format=csv");
            assertThat(export.statusCode()).isEqualTo(503);
            assertThat(export.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(export.headers().firstValue("Content-Disposition")).isEmpty();
            assertThat(graphQl(url)).isEqualTo("UNAVAILABLE");

            try (InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), mongoPort)) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> get(url + "/actuator/health/readiness").statusCode() == 200);
                assertThat(get(url + "/v1/authors/alice/reports/current").statusCode())
                        .as(mongo.database("heartline"))
                        .isEqualTo(200);
            }
        }
    }

    private static String graphQl(String url) throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(url + "/graphql"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"query\":\"{topAuthors(week:\\\"current\\\"){likes}}\"}"))
                        .build(),
                BodyHandlers.ofString());
        return JsonMapper.shared()
                .readTree(answer.body())
                .at("/errors/0/extensions/classification")
                .stringValue();
    }

    private static ConfigurableApplicationContext start(int mongoPort) {
        return new SpringApplicationBuilder(ReportBatchApplication.class)
                .run(
                        "--spring.config.name=report-batch",
                        "--server.port=0",
                        "--heartline.reports.schedule=-",
                        "--spring.mongodb.uri=mongodb://127.0.0.1:" + mongoPort + "/heartline");
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }
}
