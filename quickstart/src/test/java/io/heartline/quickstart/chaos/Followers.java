package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Several readers of each author. */
final class Followers implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Follower> all = new ArrayList<>();

    /** Returns once each has been greeted. */
    Followers(ServiceProcess gateway, List<String> authors, int ofEach) {
        for (String author : authors) {
            URI likes = likesOf(gateway, author);
            for (int i = 0; i < ofEach; i++) {
                all.add(new Follower(http, timer, likes, author));
            }
        }
        all.forEach(Follower::connect);
        await("everybody is greeted").atMost(Duration.ofSeconds(30)).until(() -> all.stream()
                .allMatch(Follower::isGreeted));
    }

    static URI likesOf(ServiceProcess gateway, String author) {
        return URI.create(
                gateway.uri("/v1/authors/" + author + "/likes").toString().replaceFirst("http", "ws"));
    }

    /** Waits until they have been told of what is logged, and looks whether that is what they were told. */
    void assertComplete(Records records) {
        await("everybody has been told of everything")
                .atMost(Duration.ofSeconds(60))
                .until(() -> all.stream().allMatch(follower -> follower.hasReached(last(records, follower))));
        assertThat(all.stream().flatMap(follower -> follower.compare(records.of(follower.author())).stream()))
                .as("what %d readers were told wrong", all.size())
                .isEmpty();
    }

    private static long last(Records records, Follower follower) {
        NavigableMap<Long, String> logged = records.of(follower.author());
        return logged.isEmpty() ? -1 : logged.lastKey();
    }

    /** How often they have come back so far, all together. */
    int returns() {
        return all.stream().mapToInt(Follower::timesConnected).sum() - all.size();
    }

    /** What they saw. */
    @Override
    public String toString() {
        return "%d readers came back %d times and were told %d digests"
                .formatted(
                        all.size(),
                        returns(),
                        all.stream().mapToInt(Follower::digests).sum());
    }

    @Override
    public void close() {
        all.forEach(Follower::close);
        timer.shutdownNow();
    }
}
