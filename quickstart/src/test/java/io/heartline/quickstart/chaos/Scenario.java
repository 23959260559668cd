package io.heartline.quickstart.chaos;

import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Sends likes of a test's own authors and follows these authors, while the test injects a fault. */
final class Scenario implements AutoCloseable {

    private static final int AUTHORS = 20;
    private static final int FOLLOWERS_EACH = 3;
    private static final int LIKES_PER_SECOND = 200;
    private static final int MORE_LIKES = 3 * LIKES_PER_SECOND;
    private static final String FOLDED = "heartline_reports_records_total{outcome=\"folded\"";
    private static final Duration TIMEOUT = Duration.ofSeconds(180);

    private final List<String> authors;
    private final Deployment heartline;
    private final Followers followers;
    private final LikeLoad load;

    Scenario(Deployment heartline) {
        this(
                heartline,
                AUTHORS,
                Collections.nCopies(
                        FOLLOWERS_EACH, new Route(heartline.gateway().port(), Transport.WEB_SOCKET)),
                Stream.of(Transport.values())
                        .map(transport -> new Route(heartline.gateway().port(), transport))
                        .toList(),
                heartline.producer().port());
    }

    /** @param routes the routes of an author's followers, one for each follower */
    Scenario(Deployment heartline, int authors, List<Route> routes) {
        this(heartline, authors, routes, List.of(), heartline.producer().port());
    }

    /**
     * @param routes the routes of an author's followers, one for each follower
     * @param routesOfAll the routes of the followers of all authors
     */
    Scenario(Deployment heartline, int authors, List<Route> routes, List<Route> routesOfAll) {
        this(heartline, authors, routes, routesOfAll, heartline.producer().port());
    }

    /** @param producerPort the port of event-producer, or of a relay in front of it */
    Scenario(Deployment heartline, int authors, List<Route> routes, int producerPort) {
        this(heartline, authors, routes, List.of(), producerPort);
    }

    private Scenario(Deployment heartline, int authors, List<Route> routes, List<Route> routesOfAll, int producerPort) {
        this.heartline = heartline;
        this.authors =
                Stream.generate(() -> Backends.unique("author")).limit(authors).toList();
        followers = new Followers(this.authors, routes, routesOfAll);
        load = new LikeLoad(producerPort, this.authors, LIKES_PER_SECOND);
    }

    /** Waits until some likes are acknowledged. The schedule runs all the time, so that some of them are also folded. */
    void awaitLoad() {
        awaitMoreLikes();
    }

    /** Waits until more likes have been acknowledged after this call. */
    void awaitMoreLikes() {
        awaitMoreLikes(TIMEOUT);
    }

    void awaitMoreLikes(Duration atMost) {
        int before = load.acknowledgedCount();
        await("likes are acknowledged").atMost(atMost).until(() -> load.acknowledgedCount() >= before + MORE_LIKES);
    }

    /** Waits until an app has sent a like again after this call. */
    void awaitRetries() {
        long before = load.retries();
        await("likes are sent again").atMost(TIMEOUT).until(() -> load.retries() > before);
    }

    /** Waits until there are as many reconnects as followers. */
    void awaitReconnects() {
        await("followers have reconnected").atMost(TIMEOUT).until(() -> followers.reconnects() >= followers.count());
    }

    /**
     * Waits until a run has folded some of its records, but not all.
     *
     * @return the run's id
     */
    String awaitRunInProgress(ServiceProcess batch) {
        return await("a run is in progress")
                .atMost(TIMEOUT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> latestRun(batch), Scenario::isInProgress)
                .path("id")
                .stringValue();
    }

    /**
     * Waits until a run has finished.
     *
     * @return the run, which is done or has failed
     */
    JsonNode awaitFinished(String run) {
        return await("the run " + run + " has finished")
                .atMost(TIMEOUT)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptionsInstanceOf(IOException.class) // the batch may not be able to respond yet
                .until(() -> heartline.batch().json("/v1/runs/" + run), json -> json.path("finishedAt")
                        .isString());
    }

    /** Returns how many of the latest runs were requested at or after {@code since} and have failed. */
    int failedRuns(Instant since) throws IOException, InterruptedException {
        int failed = 0;
        for (JsonNode run : heartline.batch().json("/v1/runs").path("items")) {
            boolean isLater =
                    !Instant.parse(run.path("requestedAt").stringValue()).isBefore(since);
            failed += isLater && run.path("status").stringValue().equals("failed") ? 1 : 0;
        }
        return failed;
    }

    /** Waits until the latest run was requested by a clock that is ahead of the right time. */
    void awaitRunRequestedAhead(ServiceProcess batch, Duration ahead) {
        Instant from = Instant.now().plus(ahead.dividedBy(2));
        await("a run that was requested in the future").atMost(TIMEOUT).until(() -> {
            JsonNode run = latestRun(batch);
            return !run.isMissingNode()
                    && Instant.parse(run.path("requestedAt").stringValue()).isAfter(from);
        });
    }

    /** Waits until {@code count} runs of the schedule have failed. */
    void awaitFailedRuns(int count) {
        await("runs fail")
                .atMost(TIMEOUT)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> failedRuns(Instant.EPOCH) >= count);
    }

    /** Waits until both instances have folded records, and a run is in progress. */
    void awaitBothFold(ServiceProcess one, ServiceProcess other) {
        await("both instances fold records")
                .atMost(TIMEOUT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> one.metric(FOLDED) > 0 && other.metric(FOLDED) > 0 && isInProgress(latestRun(one)));
    }

    private static boolean isInProgress(JsonNode run) {
        return run.path("status").asString("").equals("running")
                && run.path("recordsDone").asLong(0) > 0;
    }

    private static JsonNode latestRun(ServiceProcess batch) throws IOException, InterruptedException {
        return batch.json("/v1/runs").path("items").path(0);
    }

    /** Starts short-lived readers of the same authors, in addition to the followers. */
    ShortLivedReaders shortLivedReaders() {
        return new ShortLivedReaders(authors, new Route(heartline.gateway().port(), Transport.WEB_SOCKET));
    }

    /** Waits while a fault lasts. */
    void waitFor(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }

    /** Returns how many retries of likes have been sent so far. */
    long retries() {
        return load.retries();
    }

    LikeLoad load() {
        return load;
    }

    /** Starts readers of the authors' reports. */
    ReportReaders reportReaders() {
        return new ReportReaders(heartline.batch(), authors);
    }

    /** Returns the number of reconnects of all followers so far. */
    int reconnects() {
        return followers.reconnects();
    }

    Followers followers() {
        return followers;
    }

    void assertConsistent(String description) throws Exception {
        new ConsistencyCheck(heartline, authors).assertConsistent(description, load, followers);
    }

    @Override
    public void close() {
        load.close();
        followers.close();
    }
}
