package io.heartline.quickstart.chaos;

import io.heartline.events.Position;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One reader over a WebSocket, who comes back with the last position it saw, as {@code heartline.js} does. It keeps all that
 * it was told.
 */
final class Follower {

    private static final Duration HANDSHAKE = Duration.ofSeconds(15);
    private static final long LEAST_PAUSE_MILLIS = 500;
    private static final long MOST_PAUSE_MILLIS = 4_000; // and not half a minute, which a test would have to wait for

    private final HttpClient http;
    private final ScheduledExecutorService timer;
    private final URI likes;
    private final String author;
    private final List<String> problems = new ArrayList<>();
    private final NavigableMap<Long, String> events = new TreeMap<>();
    private final List<Digest> digests = new ArrayList<>();
    private Position start;
    private Position last;
    private int connections;
    private int failures;
    private boolean isClosed;
    private WebSocket socket;

    /** @param from exclusive */
    private record Digest(long from, long upTo, long count) {}

    Follower(HttpClient http, ScheduledExecutorService timer, URI likes, String author) {
        this.http = http;
        this.timer = timer;
        this.likes = likes;
        this.author = author;
    }

    String author() {
        return author;
    }

    synchronized boolean isGreeted() {
        return start != null;
    }

    synchronized int timesConnected() {
        return connections;
    }

    void connect() {
        Position after;
        synchronized (this) {
            after = last;
        }
        URI address = after == null ? likes : URI.create(likes + "?after=" + after);
        http.newWebSocketBuilder()
                .connectTimeout(HANDSHAKE)
                .buildAsync(address, new Listener())
                .whenComplete((open, failure) -> {
                    if (failure != null) {
                        again();
                    }
                });
    }

    private synchronized void again() {
        if (!isClosed) {
            long most = Math.min(MOST_PAUSE_MILLIS, LEAST_PAUSE_MILLIS << Math.min(10, failures++));
            long pause = most / 2 + ThreadLocalRandom.current().nextLong(most / 2);
            timer.schedule(this::connect, pause, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void take(JsonNode frame) {
        Position position = Position.parse(frame.path("position").stringValue());
        String kind = frame.path("kind").stringValue();
        if (kind.equals("hello")) {
            greet(position, frame.path("recovered").booleanValue());
        } else {
            failures = 0;
            if (kind.equals("like")) {
                String before = events.put(
                        position.offset(), frame.path("event").path("id").stringValue());
                if (before != null || position.offset() <= last.offset()) {
                    problems.add("told again or out of order: " + position + " after " + last);
                }
            } else if (kind.equals("digest")) {
                long from = Position.parse(frame.path("from").stringValue()).offset();
                long count =
                        frame.path("liked").longValue() + frame.path("unliked").longValue();
                digests.add(new Digest(from, position.offset(), count));
            }
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
    }

    /** Whether it has been told of everything up to then. */
    synchronized boolean hasReached(long offset) {
        return last.offset() >= offset;
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

    synchronized void close() {
        isClosed = true;
        if (socket != null) {
            socket.abort();
        }
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder partial = new StringBuilder();
        private boolean isOver;

        @Override
        public void onOpen(WebSocket opened) {
            synchronized (Follower.this) {
                socket = opened;
                if (isClosed) { // while it was on its way
                    opened.abort();
                    return;
                }
            }
            opened.request(1);
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
            partial.append(data);
            if (isLast) {
                take(JsonMapper.shared().readTree(partial.toString()));
                partial.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            over();
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            over();
        }

        private void over() {
            if (!isOver) {
                isOver = true;
                again();
            }
        }
    }
}
