package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sends requests for reports at a steady rate, without waiting for the answers. While no answer arrives, more requests wait than
 * report-batch's MongoDB client has connections.
 */
final class ReportReaders implements AutoCloseable {

    private static final int PER_SECOND = 20;
    /** Much longer than the max time of an answer, so that a late answer differs from a missing answer. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(45);

    private static final int NO_ANSWER = 0;
    private static final int SHOWN = 5;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Collection<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requestCount = new AtomicInteger();
    private final ServiceProcess batch;
    private final List<String> paths;

    /** @param status the status of the response; {@link #NO_ANSWER} if there was no response */
    private record Answer(String path, Instant sentAt, long millis, int status, String retryAfter, String failure) {

        private boolean isComplete() {
            return status == 200 || status == 503 && retryAfter != null;
        }
    }

    /** Starts to send requests. */
    ReportReaders(ServiceProcess batch, List<String> authors) {
        this.batch = batch;
        paths = Stream.concat(
                        authors.stream().map(author -> "/v1/authors/" + author + "/reports/current"),
                        Stream.of("/v1/reports/current", "/v1/reports/current/authors?limit=10", "/v1/runs"))
                .toList();
        timer.scheduleAtFixedRate(this::sendRequest, 0, 1000 / PER_SECOND, TimeUnit.MILLISECONDS);
    }

    private void sendRequest() {
        String path = paths.get(requestCount.getAndIncrement() % paths.size());
        Instant start = Instant.now();
        HttpRequest request =
                HttpRequest.newBuilder(batch.uri(path)).timeout(REQUEST_TIMEOUT).build();
        http.sendAsync(request, BodyHandlers.ofString())
                .whenComplete((answer, failure) -> answers.add(answer(path, start, answer, failure)));
    }

    private static Answer answer(String path, Instant start, HttpResponse<String> answer, Throwable failure) {
        long millis = Duration.between(start, Instant.now()).toMillis();
        if (failure != null) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            String text = cause instanceof HttpTimeoutException ? "no answer" : cause.toString();
            return new Answer(path, start, millis, NO_ANSWER, null, text);
        }
        String retryAfter = answer.headers().firstValue("Retry-After").orElse(null);
        return new Answer(path, start, millis, answer.statusCode(), retryAfter, null);
    }

    /** Waits until requests that are sent from now on are answered with a report. */
    void awaitReports(Duration atMost) {
        Instant start = Instant.now();
        await("readers get reports").atMost(atMost).until(() -> since(start)
                .anyMatch(answer -> answer.status() == 200));
    }

    /** Waits until a request that is sent from now on is refused. */
    void awaitUnavailable(Duration atMost) {
        Instant start = Instant.now();
        await("readers are refused").atMost(atMost).until(() -> since(start)
                .anyMatch(answer -> answer.status() == 503));
    }

    /** Stops, and asserts that each request was answered in time with a report, or with 503 and {@code Retry-After}. */
    void assertAnswered(Duration atMost) {
        finish();
        assertThat(answers).isNotEmpty();
        assertNone(answer -> !answer.isComplete() || answer.millis() > atMost.toMillis());
    }

    /** Stops, and asserts that each request was answered with a report in time. */
    void assertServed(Duration atMost) {
        assertAnswered(atMost);
        assertNone(answer -> answer.status() != 200);
    }

    private void assertNone(Predicate<Answer> isWrong) {
        assertThat(answers.stream().filter(isWrong).limit(SHOWN))
                .as("the first wrong answers of %s", this)
                .isEmpty();
    }

    private void finish() {
        close();
        await("each request is answered or has timed out")
                .atMost(REQUEST_TIMEOUT.plusSeconds(15))
                .until(() -> answers.size() == requestCount.get());
    }

    private Stream<Answer> since(Instant start) {
        return answers.stream().filter(answer -> !answer.sentAt().isBefore(start));
    }

    /** Returns a summary: the number of answers with each status, and the slowest of them in milliseconds. */
    @Override
    public String toString() {
        Map<String, String> seen = new TreeMap<>();
        Map<String, List<Answer>> byStatus = answers.stream()
                .collect(Collectors.groupingBy(
                        answer -> answer.failure() == null ? Integer.toString(answer.status()) : answer.failure()));
        byStatus.forEach((status, of) -> seen.put(
                status,
                of.size() + " within "
                        + of.stream().mapToLong(Answer::millis).max().orElse(0) + " ms"));
        return "readers of reports " + seen;
    }

    @Override
    public void close() {
        timer.shutdown();
    }
}
