package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.web.TestIssuer;
import io.heartline.web.limit.ConcurrencyLimit;
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
import java.time.Duration;
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

/**
 * If one caller uses all its permits, other callers are still served. The limits are the defaults of the mode with tokens.
 */
@ContextConfiguration(initializers = LimitsPerCallerIT.Tokens.class)
@TestPropertySource(
        properties = "heartline.reports.mongo.read-timeout=30s") // the in-process MongoDB sorts without an index
class LimitsPerCallerIT extends AbstractReadApiIT {

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final int HOSTILE = 1_100;

    /** The number of concurrent requests that the in-process MongoDB answers within its timeout on a busy machine. */
    private static final int WAVE = 50;

    private static final int MAX_WAITING_OF_ONE = 100;
    private static final int MAX_EXPORTS_OF_ONE = 4;
    private static final int LIMIT_SECONDS = 120;

    /** The number of authors whose export exceeds all buffers between the service and a client that does not read. */
    private static final int MANY = 20_000;

    @Autowired
    private MeterRegistry registry;

    @Autowired
    @Qualifier("waiting")
    private ConcurrencyLimit waiting;

    @Autowired
    @Qualifier("exports")
    private ConcurrencyLimit exports;

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

    private CompletableFuture<HttpResponse<String>> readAtLeastAsync(String author, String token, Position position) {
        String uri = "/v1/authors/" + author + "/reports/current?wait=30&atLeast=" + position;
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + uri))
                .header("Authorization", token)
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    /** Repeats the request while the answer is 412, which means that the report does not include the like yet. */
    private CompletableFuture<HttpResponse<String>> readOwnLike(String author, Position own) {
        return readAtLeastAsync(author, bearer(author, "reports:read"), own)
                .thenCompose(answer -> answer.statusCode() == 412
                        ? readOwnLike(author, own)
                        : CompletableFuture.completedFuture(answer));
    }

    private static long answered(List<CompletableFuture<HttpResponse<String>>> requests) {
        return requests.stream().filter(CompletableFuture::isDone).count();
    }

    private static List<HttpResponse<String>> all(List<CompletableFuture<HttpResponse<String>>> requests)
            throws Exception {
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> each : requests) {
            answers.add(each.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        }
        return answers;
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
    void callerThatFloodsWithMissingPositions_doesNotHinderAnotherCaller() throws Exception {
        LikesLog log = createTopic();
        String zoe = unfoldedAuthor(log, 1);
        String alice = unfoldedAuthor(log, 2);
        Position missing = new Position(log.epoch(), 1, 999_999_999_999_999L);
        String token = bearer(zoe, "reports:read");
        double beyond = refused("beyond-end");
        double ofZoe = refused("waiting-per-caller");

        List<CompletableFuture<HttpResponse<String>>> hostile = new ArrayList<>();
        while (hostile.size() < HOSTILE) {
            for (int i = 0; i < WAVE; i++) {
                hostile.add(readAtLeastAsync(zoe, token, missing));
            }
            await().atMost(Duration.ofSeconds(LIMIT_SECONDS))
                    .until(() -> answered(hostile) + waiting.acquired() >= hostile.size());
        }
        Position own = append(log, alice);
        CompletableFuture<HttpResponse<String>> pending = readOwnLike(alice, own);
        List<HttpResponse<String>> answers = all(hostile);

        assertThat(pending).isNotDone();
        setProgress(log.epoch(), 2, own.nextOffset(), AS_OF);
        assertThat(pending.get(LIMIT_SECONDS, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 412))
                .allSatisfy(answer -> assertThat(answer.body()).contains("lies beyond the end of the log"));
        assertThat(answers)
                .allSatisfy(answer ->
                        assertThat(answer.statusCode()).as(answer.body()).isIn(412, 429));
        assertThat(count(answers, 412)).isGreaterThanOrEqualTo(MAX_WAITING_OF_ONE);
        assertThat(refused("beyond-end") - beyond).isEqualTo(count(answers, 412));
        assertThat(refused("waiting-per-caller") - ofZoe).isEqualTo(count(answers, 429));
        assertThat(refused("waiting")).isZero();
    }

    @Test
    void callerAtMaxWaiting_gets429_andAnotherCallerWaits() throws Exception {
        LikesLog log = createTopic();
        String zoe = unfoldedAuthor(log, 0);
        String alice = unfoldedAuthor(log, 3);
        Position ofZoe = append(log, zoe);
        Position ofAlice = append(log, alice);
        String token = bearer(zoe, "reports:read");

        List<CompletableFuture<HttpResponse<String>>> pending = new ArrayList<>();
        for (int i = 0; i < MAX_WAITING_OF_ONE + 1; i++) {
            pending.add(readAtLeastAsync(zoe, token, ofZoe));
        }
        CompletableFuture<HttpResponse<String>> another =
                readAtLeastAsync(alice, bearer(alice, "reports:read"), ofAlice);
        CompletableFuture<Object> refused = CompletableFuture.anyOf(pending.toArray(CompletableFuture[]::new));

        HttpResponse<?> first = (HttpResponse<?>) refused.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(first.statusCode()).isEqualTo(429);
        assertThat(first.headers().firstValue("Retry-After")).contains("5");
        assertThat(first.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(first.body().toString())
                .contains("100 requests of this caller wait for a run")
                .contains("heartline.reports.read.waiting-per-caller");
        setProgress(log.epoch(), 0, ofZoe.nextOffset(), AS_OF);
        setProgress(log.epoch(), 3, ofAlice.nextOffset(), AS_OF);
        assertThat(another.get(LIMIT_SECONDS, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        List<HttpResponse<String>> answers = all(pending);
        assertThat(count(answers, 200)).isEqualTo(MAX_WAITING_OF_ONE);
        assertThat(count(answers, 429)).isEqualTo(1);
    }

    @Test
    void callerAtMaxExports_gets429_andAnotherCallerExports() throws Exception {
        YearWeek week = uniqueWeek();
        insertRankedAuthors(week, MANY);
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

            HttpAnswer refused = get(ranking, "Authorization", zoe);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.headers().getFirst("Retry-After")).isEqualTo("5");
            assertThat(refused.headers().getFirst("Content-Disposition")).isNull();
            assertThat(refused.json().path("detail").stringValue())
                    .isEqualTo(
                            "4 requests of this caller stream a list on this instance already, which is the maximum of"
                                    + " one caller (heartline.reports.read.exports-per-caller).");
            assertThat(refused("exports-per-caller")).isEqualTo(before + 1);
            HttpAnswer another = get("/v1/reports/" + uniqueWeek() + "/authors?format=ndjson", "Authorization", alice);
            assertThat(another.status()).isEqualTo(200);
            assertThat(another.text()).isEqualTo("{\"done\":true,\"items\":0}\n");
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
        // the sorts of the in-process MongoDB keep a busy machine for seconds; the stall timeout is twice as long
        await().atMost(Duration.ofSeconds(LIMIT_SECONDS / 2)).until(() -> exports.acquired() == 0);
        assertThat(get("/v1/reports/" + week + "/authors", "Authorization", zoe).status())
                .isEqualTo(200);
    }

    /** Sends a request, and returns the socket without reading the response. */
    private Socket request(String uri, String authorization) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        String request = "GET " + uri + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + authorization + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
