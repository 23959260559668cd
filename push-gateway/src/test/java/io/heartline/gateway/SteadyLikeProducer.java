package io.heartline.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Likes of some authors in turn, at an even pace until it is told to stop. */
public final class SteadyLikeProducer {

    private static final String ID = "e-";

    private final TestTopic likes;
    private final List<String> authors;
    private final long intervalNanos;
    private final String padding;
    private final Map<String, List<String>> sent = new LinkedHashMap<>();
    private final Thread thread = new Thread(this::run, "steady-likes");
    private volatile boolean stopped;

    /** @param paddingBytes that each event has more than it needs */
    public SteadyLikeProducer(TestTopic likes, List<String> authors, int perSecond, int paddingBytes) {
        this.likes = likes;
        this.authors = authors;
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.padding = ",\"padding\":\"" + "x".repeat(paddingBytes) + "\"}";
        authors.forEach(author -> sent.put(author, new CopyOnWriteArrayList<>()));
    }

    public void start() {
        thread.start();
    }

    private void run() {
        long due = System.nanoTime();
        for (int i = 0; !stopped; i++, due += intervalNanos) {
            LockSupport.parkNanos(due - System.nanoTime());
            String author = authors.get(i % authors.size());
            String like = TestTopic.like(ID + due, author);
            likes.sendAsync(author, like.substring(0, like.length() - 1) + padding);
            sent.get(author).add(ID + due);
        }
        likes.flush();
    }

    /** When an event was due, by {@link System#nanoTime()}: a late sender counts as a late event. */
    static long due(String id) {
        return Long.parseLong(id.substring(ID.length()));
    }

    /** The ids of an author's events, in order. */
    public List<String> ids(String author) {
        return sent.get(author);
    }

    long total() {
        return sent.values().stream().mapToLong(List::size).sum();
    }

    /** Returns once everything is in Kafka. */
    public void stop() throws InterruptedException {
        stopped = true;
        thread.join();
    }
}
