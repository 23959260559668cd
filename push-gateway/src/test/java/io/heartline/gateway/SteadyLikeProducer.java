package io.heartline.gateway;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A producer of likes of several authors in turn, at a constant rate until it is stopped. */
public final class SteadyLikeProducer {

    private static final String ID = "e-";

    private final TestTopic likes;
    private final List<String> authors;
    private final long intervalNanos;
    private final String padding;
    private final Map<String, List<String>> sent = new LinkedHashMap<>();
    private final Thread thread = new Thread(this::run, "steady-likes");
    private volatile boolean stopped;

    /**
     * Creates a producer.
     *
     * @param likes the topic
     * @param authors the authors, in turn
     * @param perSecond the rate of all likes together
     * @param paddingBytes the number of bytes that are added to each event
     */
    public SteadyLikeProducer(TestTopic likes, List<String> authors, int perSecond, int paddingBytes) {
        this.likes = likes;
        this.authors = authors;
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.padding = ",\"padding\":\"" + "x".repeat(paddingBytes) + "\"}";
        authors.forEach(author -> sent.put(author, new CopyOnWriteArrayList<>()));
    }

    /** Starts to send. */
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

    /** Returns when an event was due, by {@link System#nanoTime()}. A latency from then on includes the producer's delay. */
    static long due(String id) {
        return Long.parseLong(id.substring(ID.length()));
    }

    /**
     * Returns the ids of an author's events.
     *
     * @param author one of the authors
     * @return the ids in the order of sending
     */
    public List<String> ids(String author) {
        return sent.get(author);
    }

    /**
     * Returns the number of events of authors.
     *
     * @param of some of the authors
     * @return the number of events by author
     */
    public Map<String, Long> counts(List<String> of) {
        return of.stream()
                .collect(toMap(identity(), author -> (long) ids(author).size()));
    }

    long total() {
        return sent.values().stream().mapToLong(List::size).sum();
    }

    /**
     * Stops the producer. Returns after Kafka has acknowledged all likes.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    public void stop() throws InterruptedException {
        stopped = true;
        thread.join();
    }
}
