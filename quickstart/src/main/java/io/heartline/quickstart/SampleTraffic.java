package io.heartline.quickstart;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Posts likes of eight weeks and then a like now and then to the event producer, so that the page has something to show. */
final class SampleTraffic implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(SampleTraffic.class);
    private static final Duration MEAN_INTERVAL = Duration.ofSeconds(2);
    private static final Duration MAX_INTERVAL = Duration.ofSeconds(10);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration HISTORY_TIMEOUT = Duration.ofMinutes(2);
    private static final int ACCEPTED = 202;
    private static final int OK = 200;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Random random = new Random();
    private final SampleLikes likes = new SampleLikes(random.nextLong());
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sample-traffic");
        thread.setDaemon(true);
        return thread;
    });
    private final URI url;
    private final TokenIssuer issuer;
    private volatile String token;
    private volatile boolean hasWarned;

    /**
     * @param producer the event producer's base URL
     * @param issuer the issuer of tokens; null if the event producer asks for none
     */
    SampleTraffic(String producer, TokenIssuer issuer) {
        url = URI.create(producer + "/v1/likes");
        this.issuer = issuer;
        renewToken();
    }

    /** @param withHistory whether to post the likes of the last eight weeks first */
    void start(boolean withHistory) {
        scheduler.scheduleAtFixedRate(this::renewToken, 1, 1, TimeUnit.HOURS);
        if (withHistory) {
            scheduler.execute(this::postHistory);
        }
        scheduler.execute(this::postAndContinue);
    }

    /** Posts all likes of the history in one stream. The producer sends results of refused likes only. */
    private void postHistory() {
        List<String> history = likes.history(Instant.now());
        HttpRequest request = request("application/x-ndjson", HISTORY_TIMEOUT, String.join("\n", history))
                .header("Prefer", "return=minimal")
                .build();
        HttpResponse<String> response = send(request);
        if (response == null) {
            return;
        }
        if (response.statusCode() == OK && response.body().contains("\"accepted\":" + history.size() + ",")) {
            logger.info("Posted {} likes of the last {} weeks", history.size(), SampleLikes.WEEKS);
        } else {
            warnOnce(response.statusCode() + " "
                    + response.body().lines().findFirst().orElse(""));
        }
    }

    /** Posts a like after a random time, as independent people do. A refused like is logged and not repeated. */
    private void postAndContinue() {
        try {
            HttpResponse<String> response = send(request("application/json", REQUEST_TIMEOUT, likes.like(Instant.now()))
                    .build());
            if (response != null && response.statusCode() == ACCEPTED) {
                hasWarned = false;
            } else if (response != null) {
                warnOnce(response.statusCode() + " " + response.body());
            }
        } finally {
            double millis = -Math.log(1 - random.nextDouble()) * MEAN_INTERVAL.toMillis();
            scheduler.schedule(
                    this::postAndContinue, (long) Math.min(millis, MAX_INTERVAL.toMillis()), TimeUnit.MILLISECONDS);
        }
    }

    private HttpRequest.Builder request(String mediaType, Duration timeout, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .header("Content-Type", mediaType)
                .timeout(timeout)
                .POST(BodyPublishers.ofString(body));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    /** @return null if there is no response, which is logged */
    private @Nullable HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            warnOnce(e.toString());
        } catch (InterruptedException e) { // by close
            Thread.currentThread().interrupt();
        }
        return null;
    }

    private void renewToken() {
        if (issuer != null) {
            token = issuer.token("sample-app", "likes:write");
        }
    }

    /** Logs the first refused like after an accepted one, because every like is refused while the producer is down. */
    private void warnOnce(String reason) {
        if (!hasWarned) {
            hasWarned = true;
            logger.warn("The event producer does not accept the sample traffic: {}", reason);
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
