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
 * One reader, who comes back with the last position it saw, as {@code heartline.js} does, and gives up a connection that has
 * been silent for two heartbeats and a half. It keeps all that it was told.
 */
final class Follower {

    private static final Duration SILENCE = Duration.ofSeconds(50);
    private static final long LEAST_PAUSE_MILLIS = 500;
    private static final long MOST_PAUSE_MILLIS = 4_000; // and not half a minute, which a test would have to wait for

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

    /** @param from exclusive */
    private record Digest(long from, long upTo, long count) {}

    /** From a like's append to the log until it was here. */
    private record Delay(Instant loggedAt, long millis) {}

    /** @param after where to start; null for now */
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

    synchronized boolean isGreeted() {
        return connections > 0;
    }

    synchronized int timesConnected() {
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
            if (isClosed) { // meanwhile
                next.abort.run();
            }
        }
    }

    private synchronized void again() {
        if (!isClosed) {
            long most = Math.min(MOST_PAUSE_MILLIS, LEAST_PAUSE_MILLIS << Math.min(10, failures++));
            long pause = most / 2 + ThreadLocalRandom.current().nextLong(most / 2);
            timer.schedule(this::connect, pause, TimeUnit.MILLISECONDS);
        }
    }

    /** Gives up a connection on which nothing has come for too long. To be called every second or so. */
    synchronized void checkSilence() {
        if (stream != null && stream.isSilent()) {
            stream.giveUp();
        }
    }

    private void take(JsonNode frame) {
        Position position = Position.parse(frame.path("position").stringValue());
        String kind = frame.path("kind").stringValue();
        if (kind.equals("hello")) {
            greet(position, frame.path("recovered").booleanValue());
            return;
        }
        failures = 0;
        if (kind.equals("like")) {
            String before =
                    events.put(position.offset(), frame.path("event").path("id").stringValue());
            if (before != null || position.offset() <= last.offset()) {
                problems.add("told again or out of order: " + position + " after " + last);
            }
            Instant loggedAt = Instant.parse(frame.path("loggedAt").stringValue());
            delays.add(new Delay(
                    loggedAt, Duration.between(loggedAt, Instant.now()).toMillis()));
        } else if (kind.equals("digest")) {
            long from = Position.parse(frame.path("from").stringValue()).offset();
            long count = frame.path("liked").longValue() + frame.path("unliked").longValue();
            digests.add(new Digest(from, position.offset(), count));
        }
        arriveAt(position);
    }

    /** A heartbeat repeats the position if nothing has moved. */
    private void arriveAt(Position position) {
        if (position.offset() < last.offset()) {
            problems.add("sent back from " + last + " to " + position);
        }
        last = position;
    }

    private void greet(Position position, boolean isRecovered) {
        connections++;
        if (start == null) {
            start = position;
        } else if (!isRecovered || !position.equals(last)) {
            problems.add("came back with " + last + " and was told to go on from " + position);
        }
        last = position;
    }

    /** Whether it has been told of everything up to then. */
    synchronized boolean hasReached(long offset) {
        return last != null && last.offset() >= offset;
    }

    /**
     * What is wrong with what it was told; nothing, if that is complete.
     *
     * @param logged ids of the author's events, by offset
     */
    synchronized List<String> compare(NavigableMap<Long, String> logged) {
        List<String> wrong = new ArrayList<>(problems);
        NavigableMap<Long, String> expected = new TreeMap<>(logged.tailMap(start.offset(), false));
        for (Digest digest : digests) {
            NavigableMap<Long, String> summed = expected.subMap(digest.from(), false, digest.upTo(), true);
            if (summed.size() != digest.count()) {
                wrong.add(digest + " of " + summed.size() + " events");
            }
            summed.clear();
        }
        if (!expected.equals(events)) {
            NavigableMap<Long, String> missing = new TreeMap<>(expected);
            missing.entrySet().removeAll(events.entrySet());
            NavigableMap<Long, String> unknown = new TreeMap<>(events);
            unknown.entrySet().removeAll(expected.entrySet());
            wrong.add("of %s it lacks %d of %d, first %s; it was told %d that are not there, first %s"
                    .formatted(
                            author,
                            missing.size(),
                            expected.size(),
                            missing.firstEntry(),
                            unknown.size(),
                            unknown.firstEntry()));
        }
        return wrong;
    }

    synchronized int digests() {
        return digests.size();
    }

    /** Returns the delays, in milliseconds, of the likes that were logged since then. */
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

    /** One connection of the follower. Whatever comes after its end is ignored: by then, another one may have begun. */
    final class Stream {

        private volatile Runnable abort = () -> {};
        private long lastHeard = System.nanoTime();
        private boolean isOver;

        /** Takes a sign of life. */
        void heard() {
            synchronized (Follower.this) {
                lastHeard = System.nanoTime();
            }
        }

        void frame(JsonNode frame) {
            synchronized (Follower.this) {
                lastHeard = System.nanoTime();
                if (!isOver) {
                    try {
                        take(frame);
                    } catch (RuntimeException e) { // what calls this would take it for a broken connection
                        problems.add("cannot read " + frame + ": " + e);
                    }
                }
            }
        }

        /** Takes a position that came without a frame. */
        void position(Position position) {
            synchronized (Follower.this) {
                if (!isOver) {
                    arriveAt(position);
                }
            }
        }

        /** Ends it and has the follower come back. */
        void over() {
            synchronized (Follower.this) {
                if (!isOver) {
                    isOver = true;
                    again();
                }
            }
        }

        private boolean isSilent() {
            return !isOver && System.nanoTime() - lastHeard > SILENCE.toNanos();
        }

        private void giveUp() {
            over();
            abort.run();
        }

        private void end() {
            isOver = true;
            abort.run();
        }
    }
}
