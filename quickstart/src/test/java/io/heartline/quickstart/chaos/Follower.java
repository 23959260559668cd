package io.heartline.quickstart.chaos;

import io.heartline.events.Position;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/**
 * One reader of the likes of one or several authors. Like {@code heartline.js}, it reconnects with its last positions, and drops a
 * connection that has been silent for two and a half heartbeats. It can change its authors. It records all frames. Thread-safe.
 */
final class Follower {

    private static final Duration MAX_SILENCE = Duration.ofSeconds(50);
    private static final long MIN_PAUSE_MILLIS = 500;
    private static final long MAX_PAUSE_MILLIS =
            4_000; // shorter than the 30 s of heartline.js, so that tests are faster

    private final HttpClient http;
    private final ScheduledExecutorService timer;
    private final Route route;
    private final List<String> initial;
    private final FollowedAuthors authors;
    private final List<Delay> delays = new ArrayList<>();
    private final AuthorMessages messages;
    private int connections;
    private int failures;
    private boolean isClosed;
    private Stream stream;

    /** The time between a like's append to the log and its arrival. */
    private record Delay(Instant loggedAt, long millis) {}

    /** @param after the follower starts after this position; null for a start at the log's end */
    Follower(HttpClient http, ScheduledExecutorService timer, Route route, String author, Position after) {
        this(http, timer, route, List.of(author), List.of());
        if (after != null) {
            authors.startAfter(author, after);
        }
    }

    /** @param changing the authors that {@link #changeAuthor} unfollows and follows again */
    Follower(
            HttpClient http, ScheduledExecutorService timer, Route route, List<String> initial, List<String> changing) {
        this.http = http;
        this.timer = timer;
        this.route = route;
        this.initial = initial;
        this.authors = new FollowedAuthors(initial);
        this.messages = new AuthorMessages(authors, changing);
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
        String after;
        List<String> requested;
        Stream next = new Stream();
        synchronized (this) {
            if (isClosed) {
                return;
            }
            after = authors.after();
            requested = authors.joined();
            stream = next;
        }
        next.abort = route.transport().open(http, route.likesOf(requested, initial.size() > 1), after, next);
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

    /** Unfollows an author or follows it again, if the follower is connected. A timer calls this often. */
    synchronized void changeAuthor() {
        messages.changeAuthor();
    }

    synchronized void stopChanges() {
        messages.stopChanges();
    }

    /**
     * Follows an author. The follower is connected.
     *
     * @param after the author's likes start after this position; null for a start at the log's end
     */
    synchronized void follow(String author, Position after) {
        messages.follow(author, after);
    }

    private void handle(JsonNode frame) {
        String kind = frame.path("kind").stringValue();
        JsonNode event = frame.path("event");
        String author = frame.path("author").stringValue(event.path("authorId").stringValue(initial.get(0)));
        messages.handle(kind, author);
        if (kind.equals("refused")) {
            handleRefusal(author, frame.path("problem"));
            return;
        }
        failures = kind.equals("hello") ? failures : 0;
        String text = frame.path("position").stringValue();
        if (kind.equals("position") && !frame.has("author")) {
            authors.moveTo(text);
            return;
        }
        Position position = Position.parse(text);
        switch (kind) {
            case "hello" ->
                authors.hello(author, position, frame.path("recovered").booleanValue());
            case "like" -> {
                authors.like(author, position, event.path("id").stringValue());
                if (!authors.isJoining(author)) { // until an author joins, its likes can be old
                    Instant loggedAt = Instant.parse(frame.path("loggedAt").stringValue());
                    long millis = Duration.between(loggedAt, Instant.now()).toMillis();
                    delays.add(new Delay(loggedAt, millis));
                }
            }
            case "digest" -> authors.digest(frame, author);
            case "position" -> authors.join(author, position);
            case "unfollowed" -> authors.unfollow(author, position);
            default -> authors.addProblem("unknown frame " + frame);
        }
    }

    /** Follows the author again after a pause, if the refusal is temporary. */
    private void handleRefusal(String author, JsonNode problem) {
        int status = problem.path("status").intValue();
        if (status != 429 && status != 503) {
            authors.addProblem(author + " was refused: " + problem);
            return;
        }
        timer.schedule(
                () -> {
                    synchronized (this) {
                        messages.followAgain(author);
                    }
                },
                MIN_PAUSE_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Returns whether the follower has received the latest like of each author, and each message was answered. */
    synchronized boolean hasReachedEnd(TopicContents records) {
        return messages.areAnswered() && authors.hasReachedEnd(records);
    }

    synchronized boolean hasReachedEnd(String author, TopicContents records) {
        return authors.hasReachedEnd(author, records);
    }

    /** Compares the received frames with the log. Returns the differences; empty if there are none. */
    synchronized List<String> findErrors(TopicContents records) {
        return authors.findErrors(records);
    }

    synchronized int digests() {
        return authors.digests();
    }

    /** Returns how often an author was unfollowed. */
    synchronized int changes() {
        return messages.changes();
    }

    /** Returns how often a connection ended before an author had joined. */
    synchronized int resumedJoining() {
        return messages.resumedJoining();
    }

    /** Returns whether an author has not joined the others of its partition. */
    synchronized boolean isJoining(String author) {
        return authors.isJoining(author);
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
        private volatile Consumer<String> send = message -> {};
        private long lastActivity = System.nanoTime();
        private boolean hasReceivedHello;
        private boolean isEnded;

        /** @param sender sends a message of the client */
        void sendBy(Consumer<String> sender) {
            send = sender;
        }

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
                        handleFirst();
                    } catch (RuntimeException e) { // the caller would treat it as a broken connection
                        authors.addProblem("cannot read " + frame + ": " + e);
                    }
                }
            }
        }

        private void handleFirst() {
            if (!hasReceivedHello) {
                hasReceivedHello = true;
                connections++;
                messages.start(send);
            }
        }

        /** Moves the follower to positions that arrived apart from a frame's text. */
        void positions(String list) {
            synchronized (Follower.this) {
                if (!isEnded) {
                    authors.moveTo(list);
                }
            }
        }

        /** Ends this connection, and lets the follower reconnect after a pause. */
        void connectionLost() {
            synchronized (Follower.this) {
                if (!isEnded) {
                    isEnded = true;
                    messages.end();
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
