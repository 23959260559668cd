package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.web.TestIssuer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestPropertySource;
import org.threeten.extra.YearWeek;

/** One caller takes what one caller may have, and others are served. The limits are those that come with tokens. */
@ContextConfiguration(initializers = LimitsPerCallerIT.Tokens.class)
@TestPropertySource(
        properties = "heartline.reports.mongo.read-timeout=30s") // the in-process MongoDB sorts without an index
class LimitsPerCallerIT extends ReadIT {

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final int MAX_WAITING_OF_ONE = 100;
    private static final int MAX_EXPORTS_OF_ONE = 4;
    private static final int LIMIT_SECONDS = 120;

    /** More authors than fit into all buffers on the way to a client that does not read. */
    private static final int MANY = 20_000;

    @Autowired
    private MeterRegistry registry;

    @Autowired
    @Qualifier("exports")
    private RequestLimit exports;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    static final class Tokens implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(ISSUER.settings()).applyTo(context);
        }
    }

    private static String bearer(String subject, String scope) {
        return "Bearer " + ISSUER.token(subject, scope);
    }

    private CompletableFuture<HttpResponse<String>> asking(String author, String token, Position position) {
        String uri = "/v1/authors/" + author + "/reports/current?wait=30&atLeast=" + position;
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + uri))
                .header("Authorization", token)
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    private double refused(String reason) {
        return registry.get("heartline.reports.refused")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static long count(List<HttpResponse<String>> answers, int status) {
        return answers.stream().filter(answer -> answer.statusCode() == status).count();
    }

    @Test
    void oneCallerWaitsForARunAsOftenAsItMay_oneMoreIs429_andAnotherCallerWaits() throws Exception {
        LikesLog log = createTopic();
        String zoe = ownAuthor(0);
        String alice = ownAuthor(3);
        setProgress(log.epoch(), 0, 0, AS_OF);
        setProgress(log.epoch(), 3, 0, AS_OF);
        Position ofZoe = append(log, zoe);
        Position ofAlice = append(log, alice);
        String token = bearer(zoe, "reports:read");

        List<CompletableFuture<HttpResponse<String>>> waits = new ArrayList<>();
        for (int i = 0; i < MAX_WAITING_OF_ONE + 1; i++) {
            waits.add(asking(zoe, token, ofZoe));
        }
        CompletableFuture<HttpResponse<String>> another = asking(alice, bearer(alice, "reports:read"), ofAlice);
        CompletableFuture<Object> refused = CompletableFuture.anyOf(waits.toArray(CompletableFuture[]::new));

        HttpResponse<?> first = (HttpResponse<?>) refused.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(first.statusCode()).isEqualTo(429);
        assertThat(first.headers().firstValue("Retry-After")).contains("5");
        assertThat(first.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(first.body().toString())
                .contains("100 requests of this caller wait for a run")
                .contains("heartline.reports.read.waiting-per-caller");
        setProgress(log.epoch(), 0, ofZoe.next(), AS_OF);
        setProgress(log.epoch(), 3, ofAlice.next(), AS_OF);
        assertThat(another.get(LIMIT_SECONDS, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> each : waits) {
            answers.add(each.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        }
        assertThat(count(answers, 200)).isEqualTo(MAX_WAITING_OF_ONE);
        assertThat(count(answers, 429)).isEqualTo(1);
    }

    @Test
    void oneCallerExportsAsMuchAsItMay_oneMoreIs429_andAnotherCallerExports() throws Exception {
        YearWeek week = ownWeek();
        rankMany(week, MANY);
        String ranking = "/v1/reports/" + week + "/authors?format=ndjson";
        String zoe = bearer("zoe", "reports:read:any");
        String alice = bearer("alice", "reports:read:any");
        List<Socket> stalled = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_EXPORTS_OF_ONE; i++) {
                stalled.add(request(ranking, zoe));
            }
            await().until(() -> exports.acquired() == MAX_EXPORTS_OF_ONE);
            double before = refused("exports-per-caller");

            Answer refused = get(ranking, "Authorization", zoe);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.headers().getFirst("Retry-After")).isEqualTo("5");
            assertThat(refused.headers().getFirst("Content-Disposition")).isNull();
            assertThat(refused.json().path("detail").stringValue())
                    .isEqualTo(
                            "4 requests of this caller stream a list on this instance already, which is the maximum of"
                                    + " one caller (heartline.reports.read.exports-per-caller).");
            assertThat(refused("exports-per-caller")).isEqualTo(before + 1);
            Answer another = get("/v1/reports/" + ownWeek() + "/authors?format=ndjson", "Authorization", alice);
            assertThat(another.status()).isEqualTo(200);
            assertThat(another.text()).isEqualTo("{\"done\":true,\"items\":0}\n");
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
        await().until(() -> exports.acquired() == 0);
        assertThat(get("/v1/reports/" + week + "/authors", "Authorization", zoe).status())
                .isEqualTo(200);
    }

    /** Asks, and does not read the answer. */
    private Socket request(String uri, String authorization) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        String request = "GET " + uri + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + authorization + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
