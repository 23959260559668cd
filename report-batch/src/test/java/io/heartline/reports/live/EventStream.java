package io.heartline.reports.live;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of server-sent events. It reads on its own thread until it is closed. */
public final class EventStream implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(60);
    private static final Event END = new Event(null, "end", null);

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile boolean isBroken;

    /**
     * An event.
     *
     * @param id null if there is none
     * @param name such as {@code report}; {@code end} after the last one
     * @param data the JSON; null at the end
     */
    public record Event(String id, String name, JsonNode data) {}

    /**
     * Opens a stream.
     *
     * @param url the address of the stream
     * @param headers names and values
     * @return a stream, whose status may be an error
     * @throws Exception if there is no response
     */
    public static EventStream open(String url, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .header("Accept", "text/event-stream")
                .timeout(HEAD_TIMEOUT);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return new EventStream(HTTP.send(request.build(), BodyHandlers.ofInputStream()));
    }

    private EventStream(HttpResponse<InputStream> response) {
        this.response = response;
        if (response.statusCode() == 200) {
            Thread reader = new Thread(this::read, "event-stream");
            reader.setDaemon(true);
            reader.start();
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            List<String> event = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    events.add(parse(event));
                    event.clear();
                } else {
                    event.add(line);
                }
            }
        } catch (IOException e) {
            isBroken = true;
        }
        events.add(END);
    }

    private static Event parse(List<String> lines) {
        return new Event(
                field(lines, "id: "),
                field(lines, "event: "),
                JsonMapper.shared().readTree(field(lines, "data: ")));
    }

    private static String field(List<String> lines, String prefix) {
        return lines.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .findFirst()
                .orElse(null);
    }

    /** {@return the status of the response} */
    public int status() {
        return response.statusCode();
    }

    /**
     * Returns the value of a header.
     *
     * @param name the name of the header
     * @return null if there is none
     */
    public String header(String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    /** {@return the body of a response that is no stream} */
    public JsonNode problem() {
        try {
            return JsonMapper.shared().readTree(response.body().readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for the next event.
     *
     * @return the event
     * @throws InterruptedException if the thread is interrupted
     */
    public Event next() throws InterruptedException {
        Event next = events.poll(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
            throw new AssertionError("no event within " + TIMEOUT);
        }
        return next;
    }

    /** Waits for an event, and skips others. */
    Event await(Predicate<Event> expected) throws InterruptedException {
        return await(TIMEOUT, expected);
    }

    private Event await(Duration timeout, Predicate<Event> expected) throws InterruptedException {
        List<Event> skipped = new ArrayList<>();
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Event next = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null || next == END && !expected.test(END)) {
                throw new AssertionError("not among the events " + skipped + (next == null ? "" : " and the end"));
            }
            if (expected.test(next)) {
                return next;
            }
            skipped.add(next);
        }
    }

    /** Waits for an event with this name, and skips others. */
    Event await(String name) throws InterruptedException {
        return await(event -> event.name().equals(name));
    }

    /** Waits for an event with this name, and returns its data. Skips others. */
    JsonNode nextWithin(Duration timeout, String name) throws InterruptedException {
        return await(timeout, event -> event.name().equals(name)).data();
    }

    /** {@return whether the response has ended as HTTP requires} If not, the connection was closed before. */
    public boolean endedNormally() {
        return !isBroken;
    }

    /** Waits for a report with a number of likes, and skips others. */
    JsonNode awaitLikes(long likes) throws InterruptedException {
        return await(event -> event.name().equals("report")
                        && event.data().path("likes").longValue() == likes)
                .data();
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            // closed already
        }
    }
}
