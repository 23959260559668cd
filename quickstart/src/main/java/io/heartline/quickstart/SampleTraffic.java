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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Posts a few likes per second to the event producer, so that the page has something to show. */
final class SampleTraffic implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(SampleTraffic.class);
    private static final Duration INTERVAL = Duration.ofMillis(400);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);
    private static final int MAX_CONCURRENT = 32;
    private static final int ACCEPTED = 202;

    private final HttpClient http = HttpClient.newHttpClient();
    private final SampleLikes likes = new SampleLikes(System.nanoTime());
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
            scheduler.execute(() -> {
                List<String> history = likes.history(Instant.now());
                Flux.fromIterable(history).flatMap(this::post, MAX_CONCURRENT).blockLast();
                logger.info("Posted {} likes of the last {} weeks", history.size(), SampleLikes.WEEKS);
            });
        }
        scheduler.scheduleAtFixedRate(
                () -> post(likes.now()).block(), INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Posts a like. Does not fail: a like that is refused is logged and not repeated. */
    private Mono<Void> post(String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .timeout(REQUEST_TIMEOUT)
                .POST(BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return Mono.fromCompletionStage(() -> http.sendAsync(request.build(), BodyHandlers.ofString()))
                .doOnNext(this::check)
                .onErrorResume(IOException.class, e -> {
                    warnOnce(e.toString());
                    return Mono.empty();
                })
                .then();
    }

    private void renewToken() {
        if (issuer != null) {
            token = issuer.token("sample-app", "likes:write");
        }
    }

    private void check(HttpResponse<String> response) {
        if (response.statusCode() == ACCEPTED) {
            hasWarned = false;
        } else {
            warnOnce(response.statusCode() + " " + response.body());
        }
    }

    /** Logs the first refused like after an accepted one, because several likes are posted per second. */
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
