package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The followers of a scenario: several for each author. */
final class Followers implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Follower> all = new ArrayList<>();

    /**
     * Connects followers, and returns after each has received its hello frame.
     *
     * @param routes the routes of an author's followers, one for each follower
     */
    Followers(List<String> authors, List<Route> routes) {
        this(authors, routes, null);
        await("each follower has its hello frame")
                .atMost(Duration.ofSeconds(30))
                .until(() -> all.stream().allMatch(Follower::hasReceivedHello));
    }

    private Followers(List<String> authors, List<Route> routes, Position after) {
        for (String author : authors) {
            for (Route route : routes) {
                all.add(new Follower(http, timer, route, author, after));
            }
        }
        all.forEach(Follower::connect);
        timer.scheduleAtFixedRate(() -> all.forEach(Follower::checkSilence), 1, 1, TimeUnit.SECONDS);
    }

    /** Connects one follower that resumes after a position. Does not wait for its hello frame. */
    static Followers resume(String author, Route route, Position after) {
        return new Followers(List.of(author), List.of(route), after);
    }

    /** Waits until each follower has reached the end of the log, and asserts that it received each event exactly once. */
    void assertComplete(TopicContents records) {
        assertComplete(records, Duration.ofSeconds(60));
    }

    void assertComplete(TopicContents records, Duration atMost) {
        await("each follower has reached the end of the log").atMost(atMost).until(() -> all.stream()
                .allMatch(follower -> follower.hasReached(last(records, follower))));
        assertThat(all.stream()
                        .flatMap(follower -> follower.findErrors(records.eventIdsOf(follower.author())).stream()))
                .as("wrong frames of %d followers", all.size())
                .isEmpty();
    }

    private static long last(TopicContents records, Follower follower) {
        NavigableMap<Long, String> logged = records.eventIdsOf(follower.author());
        return logged.isEmpty() ? -1 : logged.lastKey();
    }

    /** Returns the number of reconnects of all followers so far. */
    int reconnects() {
        return all.stream().mapToInt(Follower::connectionCount).sum() - all.size();
    }

    /** Returns the number of reconnects of a route's followers so far. */
    int reconnects(Route route) {
        return of(route).mapToInt(Follower::connectionCount).sum()
                - (int) of(route).count();
    }

    int count() {
        return all.size();
    }

    int digests(Route route) {
        return of(route).mapToInt(Follower::digests).sum();
    }

    /**
     * Returns the delays of a route's likes.
     *
     * @param since counts only likes that were logged at or after this time
     * @return milliseconds, ascending
     */
    long[] delays(Route route, Instant since) {
        return of(route)
                .flatMapToLong(follower -> follower.delays(since))
                .sorted()
                .toArray();
    }

    private Stream<Follower> of(Route route) {
        return all.stream().filter(follower -> follower.route().equals(route));
    }

    /** Returns a summary: followers, reconnects and digests. */
    @Override
    public String toString() {
        return "%d readers reconnected %d times and received %d digests"
                .formatted(
                        all.size(),
                        reconnects(),
                        all.stream().mapToInt(Follower::digests).sum());
    }

    @Override
    public void close() {
        all.forEach(Follower::close);
        timer.shutdownNow();
    }
}
