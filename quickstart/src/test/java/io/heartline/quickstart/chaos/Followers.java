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

/** Several readers of each author. */
final class Followers implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Follower> all = new ArrayList<>();

    /**
     * Returns once each has been greeted.
     *
     * @param routes one follower of each author for each of them
     */
    Followers(List<String> authors, List<Route> routes) {
        this(authors, routes, null);
        await("everybody is greeted").atMost(Duration.ofSeconds(30)).until(() -> all.stream()
                .allMatch(Follower::hasReceivedHello));
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

    /** Has one follower come back with a position. Does not wait until it has been greeted. */
    static Followers resume(String author, Route route, Position after) {
        return new Followers(List.of(author), List.of(route), after);
    }

    /** Waits until they have been told of what is logged, and looks whether that is what they were told. */
    void assertComplete(TopicContents records) {
        assertComplete(records, Duration.ofSeconds(60));
    }

    void assertComplete(TopicContents records, Duration atMost) {
        await("everybody has been told of everything").atMost(atMost).until(() -> all.stream()
                .allMatch(follower -> follower.hasReached(last(records, follower))));
        assertThat(all.stream()
                        .flatMap(follower -> follower.findErrors(records.eventIdsOf(follower.author())).stream()))
                .as("what %d readers were told wrong", all.size())
                .isEmpty();
    }

    private static long last(TopicContents records, Follower follower) {
        NavigableMap<Long, String> logged = records.eventIdsOf(follower.author());
        return logged.isEmpty() ? -1 : logged.lastKey();
    }

    /** How often they have come back so far, all together. */
    int reconnects() {
        return all.stream().mapToInt(Follower::connectionCount).sum() - all.size();
    }

    /** How often those of a route have come back so far. */
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

    /** Returns how late the likes came to a route that were logged since then, in milliseconds, ascending. */
    long[] delays(Route route, Instant since) {
        return of(route)
                .flatMapToLong(follower -> follower.delays(since))
                .sorted()
                .toArray();
    }

    private Stream<Follower> of(Route route) {
        return all.stream().filter(follower -> follower.route().equals(route));
    }

    /** What they saw. */
    @Override
    public String toString() {
        return "%d readers came back %d times and were told %d digests"
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
