package io.heartline.reports.mongo.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.worker.TestApplication;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A report batch in this JVM, which runs when a test requests it, and enters reports into the feed within 100 ms. */
final class BatchOverHttp implements AutoCloseable {

    /**
     * Longer than an election, the pause of an instance after an outage, and a few timeouts of writes together. Also longer than the
     * limit of {@code BlockingMongo}, 90 s, which ends the wait for an operation that the driver does not end.
     */
    static final Duration SOON = Duration.ofSeconds(150);

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final ConfigurableApplicationContext context;
    private final String url;

    private BatchOverHttp(ConfigurableApplicationContext context) {
        this.context = context;
        url = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
    }

    /** @param settings properties that replace those of this class, such as {@code heartline.reports.schedule=-} */
    static BatchOverHttp start(CommandListener listener, TestTopic likes, String database, String... settings) {
        Stream<String> own = Stream.of(
                "heartline.reports.topic=" + likes.topic,
                "spring.kafka.bootstrap-servers=" + likes.broker,
                "heartline.reports.schedule=0 0 0 1 1 *",
                "heartline.reports.chunk-size=100",
                "heartline.reports.queue-poll-interval=100ms",
                "heartline.reports.feed.interval=100ms");
        List<String> replaced = Stream.of(settings)
                .map(setting -> setting.replaceFirst("=.*", "="))
                .toList();
        return new BatchOverHttp(TestApplication.start(
                listener,
                database,
                Stream.concat(
                                own.filter(setting -> replaced.stream().noneMatch(setting::startsWith)),
                                Stream.of(settings))
                        .toArray(String[]::new)));
    }

    HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(REQUEST_TIMEOUT)
                .build();
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    /** Returns the response after at most the timeout of a request. */
    HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Watches a report until the first event. */
    void watch(String path) {
        HttpRequest watching = HttpRequest.newBuilder(URI.create(url + path))
                .header("Accept", "text/event-stream")
                .timeout(REQUEST_TIMEOUT)
                .build();
        try (Stream<String> lines = HTTP.send(watching, BodyHandlers.ofLines()).body()) {
            assertThat(lines.anyMatch(line -> line.startsWith("data:"))).isTrue();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends all requests concurrently. */
    List<HttpResponse<String>> getAll(List<String> paths) {
        return paths.stream().map(path -> HTTP.sendAsync(request(path), BodyHandlers.ofString())).toList().stream()
                .map(answer -> answer.join())
                .toList();
    }

    /** Returns the body of a response with status 200. */
    JsonNode json(String path) {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    /** Requests a run and returns its path. */
    String requestRun() {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(url + "/v1/runs"))
                .timeout(REQUEST_TIMEOUT)
                .POST(BodyPublishers.noBody())
                .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return "/v1/runs/"
                + JsonMapper.shared().readTree(answer.body()).at("/id").stringValue();
    }

    /** Waits until a run is finished, and returns it. The run may be unreadable meanwhile. */
    JsonNode awaitRun(String path) {
        await().atMost(SOON).until(() -> {
            HttpResponse<String> answer = get(path);
            return answer.statusCode() == 200
                    && !JsonMapper.shared()
                            .readTree(answer.body())
                            .at("/finishedAt")
                            .isNull()
                    && !JsonMapper.shared()
                            .readTree(answer.body())
                            .at("/finishedAt")
                            .isMissingNode();
        });
        return json(path);
    }

    /** Executes a run, which has to succeed. */
    void run() {
        assertDone(awaitRun(requestRun()));
    }

    static void assertDone(JsonNode run) {
        assertThat(run.at("/status").stringValue()).as(run.toString()).isEqualTo("done");
    }

    void erase(String author) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(url + "/v1/authors/" + author))
                .timeout(REQUEST_TIMEOUT)
                .DELETE()
                .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    }

    @Override
    public void close() {
        context.close();
    }
}
