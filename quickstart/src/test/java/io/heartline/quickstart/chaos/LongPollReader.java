package io.heartline.quickstart.chaos;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads a follower's frames by long polls. Each poll starts after the position of the poll before. */
final class LongPollReader {

    private static final int WAIT_SECONDS = 20;
    private static final Duration ANSWER = Duration.ofSeconds(WAIT_SECONDS + 15);

    private final Follower.Stream stream;
    private final HttpClient http;
    private final URI likes;
    private volatile boolean isAborted;
    private volatile CompletableFuture<?> pending = new CompletableFuture<>();

    LongPollReader(Follower.Stream stream, HttpClient http, URI likes) {
        this.stream = stream;
        this.http = http;
        this.likes = likes;
    }

    Runnable open(String after) {
        poll(after, true);
        return () -> {
            isAborted = true;
            pending.cancel(true);
        };
    }

    /** Sends a poll. The first poll without a position returns a position immediately. */
    private void poll(String after, boolean isFirst) {
        URI url = after == null
                ? likes
                : Route.withParameter(Route.withParameter(likes, "after", after), "wait", isFirst ? 0 : WAIT_SECONDS);
        HttpRequest request = HttpRequest.newBuilder(url)
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(ANSWER)
                .build();
        pending = http.sendAsync(request, BodyHandlers.ofString())
                .thenAccept(response -> handle(response, after, isFirst));
        pending.exceptionally(failure -> {
            stream.connectionLost();
            return null;
        });
    }

    private void handle(HttpResponse<String> response, String after, boolean isFirst) {
        if (response.statusCode() != 200 || isAborted) {
            stream.connectionLost();
            return;
        }
        JsonNode body = JsonMapper.shared().readTree(response.body());
        String position = body.path("position").stringValue();
        boolean isRecovered = body.path("recovered").booleanValue();
        if (isFirst && likes.getQuery() == null) { // polls of several authors have hello frames
            stream.frame(hello(isRecovered ? after : position, isRecovered));
        } else if (!isFirst && !isRecovered) {
            stream.connectionLost(); // the first poll of the next connection detects the gap
            return;
        }
        body.path("frames").forEach(stream::frame);
        stream.positions(position);
        poll(position, false);
    }

    private static ObjectNode hello(String position, boolean isRecovered) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("kind", "hello")
                .put("position", position)
                .put("recovered", isRecovered);
    }
}
