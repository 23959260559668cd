package io.heartline.quickstart.chaos;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends likes at a steady rate, as apps do. Each like has an idempotency key of its own, and is sent again with this key until
 * it is acknowledged. No two likes have the same person and post, so that a report has to count each of them.
 */
final class LikeLoad implements AutoCloseable {

    private static final int MAX_IN_FLIGHT = 400;
    private static final int POSTS = 8;
    private static final long TICK_MILLIS = 20;
    /** The producer's {@code ack-timeout}, and 5 s more for a busy machine. */
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10 + 5);

    private static final long PAUSE_MILLIS = 500;
    private static final String UNAVAILABLE = "503";

    /** A like of a post by a person. */
    record Like(String author, String post, String liker, Instant at) {

        /** Returns the request's body, which is the same for each retry, so that the event's id is the same too. */
        String body() {
            return "{\"postId\":\"%s\",\"authorId\":\"%s\",\"likerId\":\"%s\",\"at\":\"%s\"}"
                    .formatted(post, author, liker, at);
        }
    }

    /** A like with the contents of its 202 response. */
    record Acknowledged(Like like, String eventId, String position) {}

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(REQUEST_TIMEOUT)
            .build();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
    private final AtomicInteger count = new AtomicInteger();
    private final Queue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private final Map<String, LongAdder> retries = new ConcurrentSkipListMap<>();
    private final Map<String, Long> firstSentAt = new ConcurrentHashMap<>();
    private final AtomicInteger maxMillis = new AtomicInteger();
    private final AtomicInteger maxResponseMillis = new AtomicInteger();
    private final URI likes;
    private final List<String> authors;
    private volatile boolean isStopped;

    /**
     * Starts to send likes.
     *
     * @param port the port of event-producer, or of a relay in front of it
     */
    LikeLoad(int port, List<String> authors, int perSecond) {
        this.likes = URI.create("http://127.0.0.1:" + port + "/v1/likes");
        this.authors = authors;
        double perTick = perSecond * TICK_MILLIS / 1000.0;
        long start = System.nanoTime();
        timer.scheduleAtFixedRate(
                () -> {
                    long ticks = (System.nanoTime() - start) / TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
                    // likes beyond the limit are omitted, instead of being sent later in one burst
                    for (int n = (int) ((ticks + 1) * perTick) - (int) (ticks * perTick); n > 0; n--) {
                        sendNext();
                    }
                },
                0,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void sendNext() {
        if (!isStopped && inFlight.tryAcquire()) {
            int number = count.getAndIncrement();
            Like like = new Like(
                    authors.get(number % authors.size()),
                    "p-" + number / authors.size() % POSTS,
                    "fan-" + number,
                    Instant.now().truncatedTo(ChronoUnit.MILLIS));
            firstSentAt.put(like.liker(), System.nanoTime());
            send(like);
        }
    }

    private void send(Like like) {
        HttpRequest request = HttpRequest.newBuilder(likes)
                .timeout(REQUEST_TIMEOUT)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", like.author() + "/" + like.liker())
                .POST(BodyPublishers.ofString(like.body()))
                .build();
        long sent = System.nanoTime();
        http.sendAsync(request, BodyHandlers.ofString()).whenComplete((response, failure) -> {
            maxResponseMillis.accumulateAndGet(millisSince(sent), Math::max);
            if (failure != null) {
                Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                retryLater(like, cause.getClass().getSimpleName(), 0);
            } else if (response.statusCode() == 202) {
                accepted(like, response);
            } else if (response.statusCode() == 503) {
                String seconds = response.headers().firstValue("Retry-After").orElse("0");
                retryLater(like, UNAVAILABLE, TimeUnit.SECONDS.toMillis(Long.parseLong(seconds)));
            } else {
                refused.add(response.statusCode() + " " + response.body());
                inFlight.release();
            }
        });
    }

    private void accepted(Like like, HttpResponse<String> response) {
        JsonNode json = JsonMapper.shared().readTree(response.body());
        acknowledged.add(new Acknowledged(
                like, json.path("eventId").stringValue(), json.path("position").stringValue()));
        maxMillis.accumulateAndGet(millisSince(firstSentAt.remove(like.liker())), Math::max);
        inFlight.release();
    }

    private static int millisSince(long nanoTime) {
        return (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanoTime);
    }

    private void retryLater(Like like, String cause, long retryAfterMillis) {
        retries.computeIfAbsent(cause, reason -> new LongAdder()).increment();
        long pause = Math.max(PAUSE_MILLIS, retryAfterMillis)
                + ThreadLocalRandom.current().nextLong(PAUSE_MILLIS);
        timer.schedule(() -> send(like), pause, TimeUnit.MILLISECONDS);
    }

    int acknowledgedCount() {
        return acknowledged.size();
    }

    /** Returns how many retries have been sent so far. */
    long retries() {
        return retries.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Returns how many requests have failed without a response so far, by a timeout or a broken connection. */
    long failedWithoutResponse() {
        return retries() - retries.getOrDefault(UNAVAILABLE, new LongAdder()).sum();
    }

    /** Returns the max time in milliseconds that a request has taken so far, whether it was answered or failed. */
    long maxResponseMillis() {
        return maxResponseMillis.get();
    }

    /** Stops sending new likes, and returns all likes after each is acknowledged. */
    Collection<Acknowledged> finish() {
        isStopped = true;
        await("every like is acknowledged")
                .atMost(Duration.ofSeconds(60))
                .until(() -> inFlight.availablePermits() == MAX_IN_FLIGHT);
        if (!refused.isEmpty()) {
            throw new AssertionError(refused.size() + " likes were refused, first with " + refused.peek());
        }
        return acknowledged;
    }

    /** Returns a summary: acknowledged likes, max time and retries. */
    @Override
    public String toString() {
        return "%d likes acknowledged, the slowest after %d ms; sent again %s"
                .formatted(acknowledged.size(), maxMillis.get(), retries);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
