package io.heartline.quickstart.chaos;

import io.heartline.events.Position;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/**
 * One reader of an author's likes. Like {@code heartline.js}, it reconnects with its last position, and drops a connection that
 * has been silent for two and a half heartbeats. It records all frames. Thread-safe.
 */
final class Follower {

    private static final Duration MAX_SILENCE = Duration.ofSeconds(50);
    private static final long MIN_PAUSE_MILLIS = 500;
    private static final long MAX_PAUSE_MILLIS =
            4_000; // shorter than the 30 s of heartline.js, so that tests are faster

    private final HttpClient http;
    private final ScheduledExecutorService timer;
    private final Route route;
    private final URI likes;
    private final String author;
    private final List<String> problems = new ArrayList<>();
    private final NavigableMap<Long, String> events = new TreeMap<>();
    private final List<Digest> digests = new ArrayList<>();
    private final List<Delay> delays = new ArrayList<>();
    private Position start;
    private Position last;
    private int connections;
    private int failures;
    private boolean isClosed;
    private Stream stream;

    /**
     * A digest that the follower received.
     *
     * @param from the offset after which the digest's events are, exclusive
     * @param upTo the offset of its last event, inclusive
     * @param count the number of its events
     */
    private record Digest(long from, long upTo, long count) {}

    /** The time between a like's append to the log and its arrival. */
    private record Delay(Instant loggedAt, long millis) {}

    /** @param after the follower starts after this position; null for a start at the log's end */
    Follower(HttpClient http, ScheduledExecutorService timer, Route route, String author, Position after) {
        this.http = http;
        this.timer = timer;
        this.route = route;
        this.likes = route.likesOf(author);
        this.author = author;
        this.start = after;
        this.last = after;
    }

    String author() {
        return author;
    }

    Route route() {
        return route;
    }

    synchronized boolean hasReceivedHello() {
        return connections > 0;
    }

    synchronized int connectionCount() {
        return connections;
    }

    void connect() {
        Position after;
        Stream next = new Stream();
        synchronized (this) {
            if (isClosed) {
                return;
            }
            after = last;
            stream = next;
        }
        next.abort = route.transport().open(http, likes, after, next);
        synchronized (this) {
            if (isClosed) { // it was closed while the connection was opened
                next.abort.run();
            }
        }
    }

    private synchronized void reconnectLater() {
        if (!isClosed) {
            long maxPause = Math.min(MAX_PAUSE_MILLIS, MIN_PAUSE_MILLIS << Math.min(10, failures++));
            long pause = maxPause / 2 + ThreadLocalRandom.current().nextLong(maxPause / 2);
            timer.schedule(this::connect, pause, TimeUnit.MILLISECONDS);
        }
    }

    /** Drops the connection if nothing has arrived for too long. A timer calls this every second. */
    synchronized void checkSilence() {
        if (stream != null && stream.isSilent()) {
            stream.abandon();
        }
    }

    private void handle(JsonNode frame) {
        Position position = Position.parse(frame.path("position").stringValue());
        String kind = frame.path("kind").stringValue();
        if (kind.equals("hello")) {
            handleHello(position, frame.path("recovered").booleanValue());
            return;
        }
        failures = 0;
        if (kind.equals("like")) {
            String before =
                    events.put(position.offset(), frame.path("event").path("id").stringValue());
            if (before != null || position.offset() <= last.offset()) {
                problems.add("received again or out of order: " + position + " after " + last);
            }
            Instant loggedAt = Instant.parse(frame.path("loggedAt").stringValue());
            delays.add(new Delay(
                    loggedAt, Duration.between(loggedAt, Instant.now()).toMillis()));
        } else if (kind.equals("digest")) {
            long from = Position.parse(frame.path("from").stringValue()).offset();
            long count = frame.path("liked").longValue() + frame.path("unliked").longValue();
            digests.add(new Digest(from, position.offset(), count));
        }
        advanceTo(position);
    }

    /** Moves the position forward. A heartbeat without new events repeats the position. */
    private void advanceTo(Position position) {
        if (position.offset() < last.offset()) {
            problems.add("moved back from " + last + " to " + position);
        }
        last = position;
    }

    private void handleHello(Position position, boolean isRecovered) {
        connections++;
        if (start == null) {
            start = position;
        } else if (!isRecovered || !position.equals(last)) {
            problems.add("resumed with " + last + ", but the hello frame has " + position);
        }
        last = position;
    }

    /** Returns whether the follower's position has reached the offset. */
    synchronized boolean hasReached(long offset) {
        return last != null && last.offset() >= offset;
    }

    /**
     * Compares the received frames with the log.
     *
     * @param logged the ids of the author's events, by offset
     * @return the differences; empty if there are none
     */
    synchronized List<String> findErrors(NavigableMap<Long, String> logged) {
        List<String> errors = new ArrayList<>(problems);
        NavigableMap<Long, String> expected = new TreeMap<>(logged.tailMap(start.offset(), false));
        for (Digest digest : digests) {
            NavigableMap<Long, String> summed = expected.subMap(digest.from(), false, digest.upTo(), true);
            if (summed.size() != digest.count()) {
                errors.add(digest + " of " + summed.size() + " events");
            }
            summed.clear();
        }
        if (!expected.equals(events)) {
            NavigableMap<Long, String> missing = new TreeMap<>(expected);
            missing.entrySet().removeAll(events.entrySet());
            NavigableMap<Long, String> unexpected = new TreeMap<>(events);
            unexpected.entrySet().removeAll(expected.entrySet());
            errors.add("of %s, %d of %d likes are missing, first %s, and %d are not in the log, first %s"
                    .formatted(
                            author,
                            missing.size(),
                            expected.size(),
                            missing.firstEntry(),
                            unexpected.size(),
                            unexpected.firstEntry()));
        }
        return errors;
    }

    synchronized int digests() {
        return digests.size();
    }

    /** Returns the delays, in milliseconds, of the likes that were logged at or after {@code since}. */
    synchronized LongStream delays(Instant since) {
        return new ArrayList<>(delays)
                .stream().filter(delay -> !delay.loggedAt().isBefore(since)).mapToLong(Delay::millis);
    }

    synchronized void close() {
        isClosed = true;
        if (stream != null) {
            stream.end();
        }
    }

    /** One connection of the follower. It ignores frames after its end, because another connection may have started. */
    final class Stream {

        private volatile Runnable abort = () -> {};
        private long lastActivity = System.nanoTime();
        private boolean isEnded;

        /** Records that something has arrived, which may be no frame. */
        void recordActivity() {
            synchronized (Follower.this) {
                lastActivity = System.nanoTime();
            }
        }

        void frame(JsonNode frame) {
            synchronized (Follower.this) {
                lastActivity = System.nanoTime();
                if (!isEnded) {
                    try {
                        handle(frame);
                    } catch (RuntimeException e) { // the caller would treat it as a broken connection
                        problems.add("cannot read " + frame + ": " + e);
                    }
                }
            }
        }

        /** Moves the follower to a position that arrived without a frame. */
        void position(Position position) {
            synchronized (Follower.this) {
                if (!isEnded) {
                    advanceTo(position);
                }
            }
        }

        /** Ends this connection, and lets the follower reconnect after a pause. */
        void connectionLost() {
            synchronized (Follower.this) {
                if (!isEnded) {
                    isEnded = true;
                    reconnectLater();
                }
            }
        }

        private boolean isSilent() {
            return !isEnded && System.nanoTime() - lastActivity > MAX_SILENCE.toNanos();
        }

        private void abandon() {
            connectionLost();
            abort.run();
        }

        private void end() {
            isEnded = true;
            abort.run();
        }
    }
}
