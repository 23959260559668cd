package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** The followers of a scenario: several for each author, and some of all authors. */
final class Followers implements AutoCloseable {

    private static final long CHANGE_MILLIS = 200;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Follower> all = new ArrayList<>();

    /**
     * Connects followers, and returns after each has received its hello frame.
     *
     * @param routes the routes of an author's followers, one for each follower
     * @param routesOfAll the routes of the followers of all authors. Over a WebSocket, such a follower changes half of its authors
     */
    Followers(List<String> authors, List<Route> routes, List<Route> routesOfAll) {
        for (String author : authors) {
            for (Route route : routes) {
                all.add(new Follower(http, timer, route, author, null));
            }
        }
        for (Route route : routesOfAll) {
            boolean changes = route.transport() == Transport.WEB_SOCKET;
            List<String> changing = changes ? authors.subList((authors.size() + 1) / 2, authors.size()) : List.of();
            all.add(new Follower(http, timer, route, authors, changing));
        }
        start();
        await("each follower has its hello frame")
                .atMost(Duration.ofSeconds(30))
                .until(() -> all.stream().allMatch(Follower::hasReceivedHello));
    }

    private Followers(String author, Route route, Position after) {
        all.add(new Follower(http, timer, route, author, after));
        start();
    }

    private void start() {
        all.forEach(Follower::connect);
        timer.scheduleAtFixedRate(() -> all.forEach(Follower::checkSilence), 1, 1, TimeUnit.SECONDS);
        timer.scheduleAtFixedRate(
                () -> all.forEach(Follower::changeAuthor), CHANGE_MILLIS, CHANGE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Connects one follower that resumes after a position. Does not wait for its hello frame. */
    static Followers resume(String author, Route route, Position after) {
        return new Followers(author, route, after);
    }

    /** Waits until each follower has reached the end of the log, and asserts that it received each event exactly once. */
    void assertComplete(TopicContents records) {
        assertComplete(records, Duration.ofSeconds(60));
    }

    void assertComplete(TopicContents records, Duration atMost) {
        all.forEach(Follower::stopChanges);
        await("each follower has reached the end of the log").atMost(atMost).until(() -> all.stream()
                .allMatch(follower -> follower.hasReachedEnd(records)));
        assertThat(all.stream().flatMap(follower -> follower.findErrors(records).stream()))
                .as("wrong frames of %d followers", all.size())
                .isEmpty();
    }

    /** Returns the number of reconnects of all followers so far. */
    int reconnects() {
        return sum(Follower::connectionCount) - all.size();
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

    /** Makes each follower follow one more author by a message. */
    void follow(String author, Position after) {
        all.forEach(follower -> follower.follow(author, after));
    }

    /** Returns whether each follower has received the latest like of an author. */
    boolean hasReachedEnd(String author, TopicContents records) {
        return all.stream().allMatch(follower -> follower.hasReachedEnd(author, records));
    }

    /** Returns whether a follower has an author that has not joined the others of its partition. */
    boolean isJoining(String author) {
        return all.stream().anyMatch(follower -> follower.isJoining(author));
    }

    /** Returns how often a follower has unfollowed an author so far. */
    int changes() {
        return sum(Follower::changes);
    }

    /** Returns how often a connection has ended before an author had joined it so far. */
    int resumedJoining() {
        return sum(Follower::resumedJoining);
    }

    private int sum(ToIntFunction<Follower> value) {
        return all.stream().mapToInt(value).sum();
    }

    /** Returns a summary: followers, reconnects, digests and changes of authors. */
    @Override
    public String toString() {
        return "%d readers reconnected %d times, received %d digests, and unfollowed an author %d times; %d were joining"
                .formatted(all.size(), reconnects(), sum(Follower::digests), changes(), resumedJoining());
    }

    @Override
    public void close() {
        all.forEach(Follower::close);
        timer.shutdownNow();
    }
}
