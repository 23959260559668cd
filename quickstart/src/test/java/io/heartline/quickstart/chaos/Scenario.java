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

/** Likes of authors of a test's own, and who follows them, while something happens. */
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
                        FOLLOWERS_EACH, new Route(heartline.gateway().port(), Transport.WEB_SOCKET)));
    }

    /** @param routes one follower of each author for each of them */
    Scenario(Deployment heartline, int authors, List<Route> routes) {
        this(heartline, authors, routes, heartline.producer().port());
    }

    /** @param producerPort of event-producer, or of a relay in front of it */
    Scenario(Deployment heartline, int authors, List<Route> routes, int producerPort) {
        this.heartline = heartline;
        this.authors =
                Stream.generate(() -> Backends.unique("author")).limit(authors).toList();
        followers = new Followers(this.authors, routes);
        load = new LikeLoad(producerPort, this.authors, LIKES_PER_SECOND);
    }

    /** Some are acknowledged and, since runs are under way all the time, some of them reported. */
    void awaitLoad() {
        awaitMoreLikes();
    }

    /** Acknowledged after this call. */
    void awaitMoreLikes() {
        awaitMoreLikes(TIMEOUT);
    }

    void awaitMoreLikes(Duration atMost) {
        int before = load.acknowledgedCount();
        await("likes are acknowledged").atMost(atMost).until(() -> load.acknowledgedCount() >= before + MORE_LIKES);
    }

    /** Apps have noticed. */
    void awaitRetries() {
        long before = load.retries();
        await("likes are sent again").atMost(TIMEOUT).until(() -> load.retries() > before);
    }

    /** All readers have noticed, and are back. */
    void awaitReconnects() {
        await("readers are back").atMost(TIMEOUT).until(() -> followers.reconnects() >= followers.count());
    }

    /**
     * Waits until a run has folded some of what it has to fold, and not all.
     *
     * @return the run's id
     */
    String awaitRunInProgress(ServiceProcess batch) {
        return await("a run is under way")
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
                .ignoreExceptionsInstanceOf(IOException.class) // the batch may not be able to answer yet
                .until(() -> heartline.batch().json("/v1/runs/" + run), json -> json.path("finishedAt")
                        .isString());
    }

    /** Returns how many of the latest runs were requested since then and have failed. */
    int failedRuns(Instant since) throws IOException, InterruptedException {
        int failed = 0;
        for (JsonNode run : heartline.batch().json("/v1/runs").path("items")) {
            boolean isLater =
                    !Instant.parse(run.path("requestedAt").stringValue()).isBefore(since);
            failed += isLater && run.path("status").stringValue().equals("failed") ? 1 : 0;
        }
        return failed;
    }

    /** Begun, and found something to do, as its clock said that it was so much later than it is. */
    void awaitRunRequestedAhead(ServiceProcess batch, Duration ahead) {
        Instant from = Instant.now().plus(ahead.dividedBy(2));
        await("a run in the future").atMost(TIMEOUT).until(() -> {
            JsonNode run = latestRun(batch);
            return !run.isMissingNode()
                    && Instant.parse(run.path("requestedAt").stringValue()).isAfter(from);
        });
    }

    /** So many of the schedule's runs have failed. */
    void awaitFailedRuns(int count) {
        await("runs fail")
                .atMost(TIMEOUT)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> failedRuns(Instant.EPOCH) >= count);
    }

    /** Both have had a part, and a run is under way. */
    void awaitBothFold(ServiceProcess one, ServiceProcess other) {
        await("both fold")
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

    /** Who come and go beside those who stay. */
    ShortLivedReaders shortLivedReaders() {
        return new ShortLivedReaders(authors, new Route(heartline.gateway().port(), Transport.WEB_SOCKET));
    }

    /** What is wrong goes on for so long. */
    void waitFor(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }

    /** Of likes that were sent again so far. */
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

    /** Of readers who have come back so far. */
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
