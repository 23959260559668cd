package io.heartline.quickstart.chaos;

import java.net.http.HttpClient;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Readers that connect, stay for a while and drop their connection without a close frame. Their number stays about the same. */
final class ShortLivedReaders implements AutoCloseable {

    static final int PER_SECOND = 5;
    private static final int MAX_CONCURRENT = 100;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Deque<Follower> connected = new ArrayDeque<>();
    private final List<String> authors;
    private final Route route;
    private int started;

    /** @param authors the authors, one for each reader in turn */
    ShortLivedReaders(List<String> authors, Route route) {
        this.authors = authors;
        this.route = route;
        timer.scheduleAtFixedRate(this::startNext, 0, 1000 / PER_SECOND, TimeUnit.MILLISECONDS);
    }

    private synchronized void startNext() {
        if (connected.size() == MAX_CONCURRENT) {
            connected.removeFirst().close();
        }
        Follower follower = new Follower(http, timer, route, authors.get(started++ % authors.size()), null);
        follower.connect();
        connected.addLast(follower);
    }

    /** Returns whether the latest readers have received their hello frames. */
    synchronized boolean haveReceivedHello() {
        return connected.stream().limit(MAX_CONCURRENT / 2).allMatch(Follower::hasReceivedHello);
    }

    synchronized int started() {
        return started;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        synchronized (this) {
            connected.forEach(Follower::close);
        }
    }
}
