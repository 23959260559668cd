package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TlsIT {

    private static final int LONGER_THAN_THE_WINDOW = 2_000;

    @TempDir
    private static Path folder;

    private static TlsHeartline heartline;

    @BeforeAll
    static void start() throws Exception {
        heartline = new TlsHeartline(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        heartline.stop();
    }

    @Test
    void like_overTls_isPostedPushedPolledAndReported() throws Exception {
        String author = Backends.unique("author");
        String path = "/v1/authors/" + author;
        assertThat(heartline.gateway.url()).startsWith("https://");
        FrameReader frames = heartline.follow(author);
        assertThat(frames.next()).contains("\"kind\":\"hello\"");
        HttpRequest stream = TlsHeartline.request(heartline.gateway, path + "/likes")
                .header("Accept", "text/event-stream")
                .build();
        try (Stream<String> lines =
                heartline.trusting.send(stream, BodyHandlers.ofLines()).body()) {
            Iterator<String> events = lines.iterator();
            assertThat(next(events)).contains("\"kind\":\"hello\"");

            JsonNode accepted = JsonMapper.shared()
                    .readTree(
                            heartline.like("application/json", like(author, 1)).body());

            String id = accepted.path("eventId").stringValue();
            String position = accepted.path("position").stringValue();
            assertThat(frames.next()).contains("\"kind\":\"like\"").contains(id);
            assertThat(next(events)).contains("\"kind\":\"like\"").contains(id);
            String start = position.replaceFirst("[0-9]+$", "start");
            assertThat(heartline
                            .get(heartline.gateway, path + "/likes?wait=1&after=" + start)
                            .body())
                    .contains(id);
            HttpRequest run = TlsHeartline.request(heartline.reports, "/v1/runs")
                    .POST(BodyPublishers.noBody())
                    .build();
            assertThat(heartline.trusting.send(run, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(202);
            assertThat(heartline
                            .get(heartline.reports, path + "/reports/current?wait=30&atLeast=" + position)
                            .body())
                    .contains("\"likes\":1");
        }
    }

    @Test
    void streamLongerThanTheWindow_isAnsweredLineByLine() throws Exception {
        String author = Backends.unique("author");
        String lines = IntStream.range(0, LONGER_THAN_THE_WINDOW)
                .mapToObj(liker -> like(author, liker))
                .collect(Collectors.joining("\n"));

        assertThat(heartline.like("application/x-ndjson", lines).body().lines())
                .filteredOn(line -> line.contains("\"eventId\""))
                .hasSize(LONGER_THAN_THE_WINDOW);
    }

    @Test
    void clientWithoutTheAuthority_isRefused() {
        HttpClient untrustingClient = HttpClient.newHttpClient();

        for (EmbeddedService service : heartline.services()) {
            HttpRequest health =
                    TlsHeartline.request(service, "/actuator/health").build();
            assertThatThrownBy(() -> untrustingClient.send(health, BodyHandlers.ofString()))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasRootCauseInstanceOf(CertPathBuilderException.class);
        }
        assertThatThrownBy(() -> FrameReader.connect(untrustingClient, heartline.gateway.url(), "alice", ""))
                .hasRootCauseInstanceOf(CertPathBuilderException.class);
    }

    @Test
    void plainHttp_getsNoResponse() throws Exception {
        for (EmbeddedService service : heartline.services()) {
            try (Socket socket = new Socket("localhost", service.port())) {
                // the server may send a TLS alert before it closes the connection
                assertThat(exchange(socket, "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                        .hasSizeLessThan(10)
                        .doesNotContain("HTTP");
            }
        }
    }

    @Test
    void malformedRequest_isAnsweredWithARequestId() throws Exception {
        List<SSLSocket> sockets = new ArrayList<>();
        try {
            for (EmbeddedService service : heartline.services()) { // each closes its connection after a few seconds
                SSLSocket socket = connect(service);
                sockets.add(socket);
                send(socket, "GET / HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n\r\n");
            }
            for (SSLSocket socket : sockets) {
                assertThat(readToEnd(socket)).startsWith("HTTP/1.1 431 ").containsIgnoringCase("\r\nRequest-Id: ");
            }
        } finally {
            for (SSLSocket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void replacedCertificate_isUsedForNewConnections_andKeepsOldOnes() throws Exception {
        String author = Backends.unique("author");
        FrameReader connected = heartline.follow(author);
        connected.next();

        Certificate renewed = heartline.certificates.renew(Backends.unique("renewed"));

        for (EmbeddedService service : heartline.services()) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> certificateOf(service).equals(renewed));
        }
        heartline.like("application/json", like(author, 1));
        assertThat(connected.next()).contains("\"kind\":\"like\"");
    }

    private static Certificate certificateOf(EmbeddedService service) throws Exception {
        try (SSLSocket socket = connect(service)) {
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private static SSLSocket connect(EmbeddedService service) throws Exception {
        return (SSLSocket)
                heartline.certificates.trusting().getSocketFactory().createSocket("localhost", service.port());
    }

    private static String exchange(Socket socket, String request) throws IOException {
        send(socket, request);
        return readToEnd(socket);
    }

    private static void send(Socket socket, String request) throws IOException {
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns all bytes of the response until the connection is closed. */
    private static String readToEnd(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static String next(Iterator<String> events) {
        String line = events.next();
        while (!line.startsWith("data:")) {
            line = events.next();
        }
        return line;
    }

    private static String like(String author, int liker) {
        return "{\"postId\":\"p-1\",\"authorId\":\"" + author + "\",\"likerId\":\"liker-" + liker + "\"}";
    }
}
