package io.heartline.reports.live;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of one instance, for what is no stream.
 *
 * @param url the base URL of the instance
 */
record BatchClient(String url) {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration RUN_TIMEOUT = Duration.ofSeconds(60);

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    /** Requests a run, and waits until it is done. */
    void run() throws Exception {
        HttpResponse<String> accepted =
                send(HttpRequest.newBuilder(URI.create(url + "/v1/runs")).POST(BodyPublishers.noBody()));
        URI run = URI.create(url)
                .resolve(accepted.headers().firstValue("Location").orElseThrow());
        await().atMost(RUN_TIMEOUT)
                .until(() -> send(HttpRequest.newBuilder(run)).body().contains("\"status\":\"done\""));
    }

    /** Returns the stored report. */
    JsonNode report(String author, String week) throws Exception {
        return JsonMapper.shared()
                .readTree(send(HttpRequest.newBuilder(reportUri(author, week))).body());
    }

    URI reportUri(String author, String week) {
        return URI.create(url + "/v1/authors/" + author + "/reports/" + week);
    }
}
