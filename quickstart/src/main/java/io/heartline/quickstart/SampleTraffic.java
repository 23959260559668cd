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

/** A few likes a second through the real HTTP API, so that a newcomer sees something move. */
final class SampleTraffic implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(SampleTraffic.class);
    private static final Duration PACE = Duration.ofMillis(400);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int AT_ONCE = 32;
    private static final int ACCEPTED = 202;

    private final HttpClient http = HttpClient.newHttpClient();
    private final SampleLikes likes = new SampleLikes(System.nanoTime());
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sample-traffic");
        thread.setDaemon(true);
        return thread;
    });
    private final URI url;
    private final TokenIssuer issuer;
    private volatile String token;
    private volatile boolean complained;

    /**
     * @param producer the event producer's base URL
     * @param issuer of tokens; null if none is needed
     */
    SampleTraffic(String producer, TokenIssuer issuer) {
        url = URI.create(producer + "/v1/likes");
        this.issuer = issuer;
        renewToken();
    }

    /** @param withHistory whether eight weeks of the past come first */
    void start(boolean withHistory) {
        clock.scheduleAtFixedRate(this::renewToken, 1, 1, TimeUnit.HOURS);
        if (withHistory) {
            clock.execute(() -> {
                List<String> history = likes.history(Instant.now());
                Flux.fromIterable(history).flatMap(this::post, AT_ONCE).blockLast();
                logger.info("{} likes of the last {} weeks are in", history.size(), SampleLikes.WEEKS);
            });
        }
        clock.scheduleAtFixedRate(
                () -> post(likes.now()).block(), PACE.toMillis(), PACE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Never fails: what is not taken is said and forgotten. */
    private Mono<Void> post(String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .POST(BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return Mono.fromCompletionStage(() -> http.sendAsync(request.build(), BodyHandlers.ofString()))
                .doOnNext(this::check)
                .onErrorResume(IOException.class, e -> {
                    complain(e.toString());
                    return Mono.empty();
                })
                .then();
    }

    private void renewToken() {
        if (issuer != null) {
            token = issuer.token("sample-app", "likes:write");
        }
    }

    private void check(HttpResponse<String> answer) {
        if (answer.statusCode() == ACCEPTED) {
            complained = false;
        } else {
            complain(answer.statusCode() + " " + answer.body());
        }
    }

    /** Once, and not several times a second. */
    private void complain(String trouble) {
        if (!complained) {
            complained = true;
            logger.warn("sample traffic is not taken: {}", trouble);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
