package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that sends a stream of likes over its own socket, byte by byte if a test needs that, and records the results. */
final class StreamClient implements AutoCloseable {

    private static final AtomicInteger LIKERS = new AtomicInteger();
    private static final String CRLF = "\r\n";

    private final String author;
    private final Socket socket;
    private final Thread reader = new Thread(this::read, "stream-client");
    private final List<String> results = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger sent = new AtomicInteger();
    private volatile String head = "";
    private volatile boolean isComplete;

    /**
     * Connects and sends the head of a request.
     *
     * @param source the client's address on loopback; event-producer distinguishes anonymous callers by their address
     * @param port the port of event-producer, or of a relay in front of it
     */
    StreamClient(String source, int port, String author) throws IOException {
        this.author = author;
        socket = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(source), 0);
        socket.setTcpNoDelay(true);
        reader.setDaemon(true);
        reader.start();
        write("POST /v1/likes HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nContent-Type: application/x-ndjson\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n");
    }

    /** Sends {@code count} likes in one chunk. Blocks while the service does not read. */
    void send(int count) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int n = 0; n < count; n++) {
            lines.append("{\"postId\":\"p-1\",\"authorId\":\"%s\",\"likerId\":\"streamer-%d\"}\n"
                    .formatted(author, LIKERS.getAndIncrement()));
        }
        sent.addAndGet(count);
        sendPart(lines.toString());
    }

    /** Sends a chunk with a part of a line, or with an empty line. */
    void sendPart(String part) throws IOException {
        write(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
    }

    /** Sends the end of the request. */
    void end() throws IOException {
        write("0\r\n\r\n");
    }

    private void write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void read() {
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            StringBuilder received = new StringBuilder();
            for (String line = line(in); !line.equals(CRLF); line = line(in)) {
                received.append(line);
            }
            head = received.toString();
            if (status() != 200) {
                return;
            }
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int size = size(in); size > 0; size = size(in)) {
                for (byte one : in.readNBytes(size)) {
                    if (one == '\n') {
                        results.add(line.toString(StandardCharsets.UTF_8));
                        line.reset();
                    } else {
                        line.write(one);
                    }
                }
                line(in);
            }
            isComplete = true;
        } catch (IOException e) {
            return; // the connection has ended before the answer
        }
    }

    private static int size(InputStream in) throws IOException {
        return Integer.parseInt(line(in).strip(), 16);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        while (!line.toString().endsWith(CRLF)) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            line.append((char) next);
        }
        return line.toString();
    }

    /** Returns the status of the response; 0 until it arrives. */
    int status() {
        return head.isEmpty() ? 0 : Integer.parseInt(head.split(" ")[1]);
    }

    int sent() {
        return sent.get();
    }

    boolean hasHeader(String name) {
        return head.toLowerCase(Locale.ROOT).contains("\r\n" + name.toLowerCase(Locale.ROOT) + ":");
    }

    /** Returns how many results have arrived so far, including the last line of a complete answer. */
    int results() {
        return results.size();
    }

    /** Returns whether the answer has ended: it is complete, it is a refusal, or the connection is broken. */
    boolean isEnded() {
        return !reader.isAlive();
    }

    /** Returns whether the answer is complete and its last line has {@code done}. */
    boolean isDone() {
        return isComplete && !results.isEmpty() && json(results.size() - 1).has("done");
    }

    void awaitResults(int count, Duration atMost) {
        await(count + " results").atMost(atMost).until(() -> results() >= count);
    }

    void awaitEnd(Duration atMost) {
        await("the stream has ended").atMost(atMost).until(this::isEnded);
    }

    /** Asserts that each line has one result, in order, and that the log has each accepted like at the result's position. */
    void assertConsistent(TopicContents records) {
        assertThat(status()).isEqualTo(200);
        assertThat(isComplete)
                .as("the answer is complete; its last line is %s", last())
                .isEqualTo(isDone());
        int lines = isDone() ? results.size() - 1 : results.size();
        int accepted = 0;
        for (int n = 0; n < lines; n++) {
            JsonNode result = json(n);
            assertThat(result.path("line").asInt()).isEqualTo(n + 1);
            if (result.path("status").asInt() == 202) {
                accepted++;
                assertThat(records.eventIdAt(author, result.path("position").asString()))
                        .as("event at the position of %s", result)
                        .isEqualTo(result.path("eventId").asString());
            } else {
                assertThat(result.path("problem").path("type").asString())
                        .as("reason of %s", result)
                        .isEqualTo("/problems/log-unavailable");
            }
        }
        if (isDone()) {
            assertThat(lines).as("results of all lines").isEqualTo(sent.get());
            assertThat(json(lines).path("accepted").asInt()).isEqualTo(accepted);
            assertThat(json(lines).path("refused").asInt()).isEqualTo(lines - accepted);
        }
    }

    private String last() {
        return results.isEmpty() ? "nothing" : results.get(results.size() - 1);
    }

    private JsonNode json(int result) {
        return JsonMapper.shared().readTree(results.get(result));
    }

    /** Returns a summary: lines, results and the last result. */
    @Override
    public String toString() {
        return "a stream of %d lines with %d results, the last result %s".formatted(sent.get(), results(), last());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
