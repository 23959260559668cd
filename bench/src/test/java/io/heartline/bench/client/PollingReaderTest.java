package io.heartline.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.bench.model.DueTimes;
import io.heartline.bench.model.ReadMethod;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PollingReaderTest {

    private static final String GREETING = "{\"position\":\"k3f9abcd-0-start\",\"likes\":[]}";

    /** The requests before and after the end of a connection. */
    private record Asked(String before, String after) {}

    @Test
    void resetConnection_isReplaced_andTheRequestRepeated() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Asked> asked = CompletableFuture.supplyAsync(() -> serve(server, true));
            assertIsAskedAgain(server, asked);
        }
    }

    @Test
    void closedConnection_isReplaced_andTheRequestRepeated() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Asked> asked = CompletableFuture.supplyAsync(() -> serve(server, false));
            assertIsAskedAgain(server, asked);
        }
    }

    private static void assertIsAskedAgain(ServerSocket server, CompletableFuture<Asked> asked) throws Exception {
        URI url = URI.create("http://127.0.0.1:" + server.getLocalPort());
        try (Readers readers = Readers.connect(ReadMethod.of("poll-1"), url, 1, 1, new DueTimes(1))) {
            Asked both = asked.get(30, TimeUnit.SECONDS);

            assertThat(both.before()).startsWith("GET /v1/authors/followed-0/likes?after=k3f9abcd-0-start ");
            assertThat(both.after()).isEqualTo(both.before());
            readers.requireNoFailure();
        }
    }

    /** Answers the first request, and closes the connection at the next one. */
    private static Asked serve(ServerSocket server, boolean reset) {
        try {
            String before;
            try (Socket first = server.accept()) {
                BufferedReader in = reader(first);
                request(in);
                first.getOutputStream()
                        .write(("HTTP/1.1 200 OK\r\nContent-Length: " + GREETING.length() + "\r\n\r\n" + GREETING)
                                .getBytes(StandardCharsets.US_ASCII));
                before = request(in);
                first.setSoLinger(reset, 0);
            }
            try (Socket second = server.accept()) {
                return new Asked(before, request(reader(second)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Returns the first line of a request. */
    private static String request(BufferedReader in) throws IOException {
        String first = in.readLine();
        while (!in.readLine().isEmpty()) {
            // headers
        }
        return first;
    }
}
