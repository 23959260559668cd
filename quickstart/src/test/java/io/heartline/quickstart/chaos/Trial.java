package io.heartline.quickstart.chaos;

import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Likes of authors of a test's own, and who follows them, while something happens. */
final class Trial implements AutoCloseable {

    private static final int AUTHORS = 20;
    private static final int FOLLOWERS_EACH = 3;
    private static final int LIKES_PER_SECOND = 200;
    private static final int MORE = 3 * LIKES_PER_SECOND;
    private static final Duration SOON = Duration.ofSeconds(90);

    private final List<String> authors =
            Stream.generate(() -> Backends.unique("author")).limit(AUTHORS).toList();
    private final Deployment heartline;
    private final Followers followers;
    private final Load load;

    Trial(Deployment heartline) {
        this.heartline = heartline;
        followers = new Followers(heartline.gateway(), authors, FOLLOWERS_EACH);
        load = new Load(heartline.producer(), authors, LIKES_PER_SECOND);
    }

    /** Some are acknowledged and, since runs are under way all the time, some of them reported. */
    void underLoad() {
        awaitMoreLikes();
    }

    /** Acknowledged after this call. */
    void awaitMoreLikes() {
        int before = load.acknowledgedSoFar();
        await("likes are acknowledged").atMost(SOON).until(() -> load.acknowledgedSoFar() >= before + MORE);
    }

    /** Apps have noticed. */
    void awaitTriesAgain() {
        long before = load.triesAgain();
        await("likes are sent again").atMost(SOON).until(() -> load.triesAgain() > before);
    }

    /** All readers have noticed, and are back. */
    void awaitReturns() {
        await("readers are back").atMost(SOON).until(() -> followers.returns() >= AUTHORS * FOLLOWERS_EACH);
    }

    /** It has folded some of what it has to fold, and not all. */
    void awaitRunUnderWay(ServiceProcess batch) {
        await("a run is under way")
                .atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    JsonNode latest = batch.json("/v1/runs").path("items").path(0);
                    return latest.path("status").asString("").equals("running")
                            && latest.path("recordsDone").asLong(0) > 0;
                });
    }

    void assertTruth(String what) throws Exception {
        new Truth(heartline, authors).assertHolds(what, load, followers);
    }

    @Override
    public void close() {
        load.close();
        followers.close();
    }
}
