package io.heartline.quickstart.chaos;

import java.net.http.HttpClient;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Readers who come, stay for a while and go, without a goodbye: always about as many. */
final class Passersby implements AutoCloseable {

    static final int PER_SECOND = 5;
    private static final int AT_A_TIME = 100;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Deque<Follower> here = new ArrayDeque<>();
    private final List<String> authors;
    private final Route route;
    private int come;

    /** @param authors each in turn */
    Passersby(List<String> authors, Route route) {
        this.authors = authors;
        this.route = route;
        timer.scheduleAtFixedRate(this::next, 0, 1000 / PER_SECOND, TimeUnit.MILLISECONDS);
    }

    private synchronized void next() {
        if (here.size() == AT_A_TIME) {
            here.removeFirst().close();
        }
        Follower follower = new Follower(http, timer, route, authors.get(come++ % authors.size()), null);
        follower.connect();
        here.addLast(follower);
    }

    /** Whether the last ones that came were let in. */
    synchronized boolean areLetIn() {
        return here.stream().limit(AT_A_TIME / 2).allMatch(Follower::isGreeted);
    }

    synchronized int come() {
        return come;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        synchronized (this) {
            here.forEach(Follower::close);
        }
    }
}
