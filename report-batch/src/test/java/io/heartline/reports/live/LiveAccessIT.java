package io.heartline.reports.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Identifier;
import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.quickstart.backends.Backends;
import io.heartline.reports.ReportBatchApplication;
import io.heartline.reports.audit.AuditLines;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.web.CapturedLog;
import io.heartline.web.TestIssuer;
import io.heartline.web.limit.ConcurrencyLimit;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Live reports of an instance with tokens and small limits: permitted readers, each limit, and a client that does not read. */
@ExtendWith(CapturedLog.class)
class LiveAccessIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final TestIssuer ISSUER = new TestIssuer();
    private static final int SMALL_BUFFER = 4_096;
    private static final int MAX_AUTHORS = 3;
    private static final int MAX_CLIENTS = 5;
    private static final int MAX_CLIENTS_OF_ONE = 3;
    private static final int MAX_CATCH_UP = 20;

    private static TestTopic likes;
    private static ConfigurableApplicationContext batch;
    private static int port;
    private static ConcurrencyLimit clients;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final String author = Backends.unique("author");
    private final Instant now = Instant.now();
    private int number;

    @BeforeAll
    static void start() throws Exception {
        likes = TestTopic.create(2);
        String[] settings = Stream.concat(
                        Stream.of(ISSUER.settings()),
                        Stream.of(
                                "spring.config.name=report-batch",
                                "server.port=0",
                                "spring.mongodb.uri=" + Backends.newDatabase(),
                                "spring.kafka.bootstrap-servers=" + likes.broker,
                                "heartline.reports.topic=" + likes.topic,
                                "heartline.reports.hash-secret=" + KeyedHash.DEVELOPMENT_SECRET,
                                "heartline.reports.schedule=-",
                                "heartline.reports.live.authors=" + MAX_AUTHORS,
                                "heartline.reports.live.clients=" + MAX_CLIENTS,
                                "heartline.reports.live.clients-per-caller=" + MAX_CLIENTS_OF_ONE,
                                "heartline.reports.live.catch-up=" + MAX_CATCH_UP,
                                "heartline.reports.live.state-size=64KB",
                                "heartline.web.request-timeout=2s"))
                .map(setting -> "--" + setting)
                .toArray(String[]::new);
        batch = new SpringApplicationBuilder(ReportBatchApplication.class)
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean("smallBuffers", WebServerFactoryCustomizer.class, LiveAccessIT::smallBuffers))
                .run(settings);
        port = batch.getEnvironment().getProperty("local.server.port", Integer.class);
        clients = batch.getBean("liveClients", ConcurrencyLimit.class);
    }

    /** Lets a client that does not read hold up the service after few events. */
    private static WebServerFactoryCustomizer<NettyReactiveWebServerFactory> smallBuffers() {
        return factory ->
                factory.addServerCustomizers(server -> server.childOption(ChannelOption.SO_SNDBUF, SMALL_BUFFER));
    }

    @AfterAll
    static void stop() {
        batch.close();
    }

    @AfterEach
    void closeStreams() throws Exception {
        for (AutoCloseable stream : opened) {
            stream.close();
        }
        MeterRegistry registry = batch.getBean(MeterRegistry.class);
        await().until(() -> clients.acquired() == 0
                && registry.get("heartline.reports.live.authors").gauge().value() == 0);
        if (number > MAX_CATCH_UP / 2) {
            run(); // otherwise the next test's authors have too many records to catch up
        }
    }

    private static String path(String author) {
        return "/v1/authors/" + author + "/reports/current?every=0.2";
    }

    private EventStream open(String author, String token) throws Exception {
        EventStream stream =
                EventStream.open("http://localhost:" + port + path(author), "Authorization", "Bearer " + token);
        opened.add(stream);
        return stream;
    }

    private EventStream watch(String author, String token) throws Exception {
        EventStream stream = open(author, token);
        assertThat(stream.next().name()).isEqualTo("report");
        return stream;
    }

    private static String own(String author) {
        return ISSUER.token(author, "reports:read");
    }

    private static String any(String subject) {
        return ISSUER.token(subject, "reports:read:any");
    }

    private static void assertRefused(EventStream refused, int status, int retryAfter, String setting) {
        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(refused.header("Retry-After")).isEqualTo(Integer.toString(retryAfter));
        assertThat(refused.problem().path("detail").stringValue()).contains("(" + setting + ").");
    }

    private double refusals(String reason) {
        return batch.getBean(MeterRegistry.class)
                .get("heartline.reports.refused")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private Liked like(String author) {
        number++;
        String post = "%06d".formatted(number) + "p".repeat(Identifier.MAX_LENGTH - 6);
        return new Liked(author + '-' + number, post, author, "liker-" + number, now);
    }

    private static void run() throws Exception {
        String token = "Bearer " + ISSUER.token("operator", "reports:run");
        URI runs = URI.create("http://localhost:" + port + "/v1/runs");
        HttpResponse<String> accepted = HTTP.send(
                HttpRequest.newBuilder(runs)
                        .header("Authorization", token)
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        HttpRequest run = HttpRequest.newBuilder(
                        runs.resolve(accepted.headers().firstValue("Location").orElseThrow()))
                .header("Authorization", token)
                .build();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> HTTP.send(run, BodyHandlers.ofString()).body().contains("\"status\":\"done\""));
    }

    @Test
    void reportOfAnotherAuthor_needsTheScope_andEachReaderNeedsAToken() throws Exception {
        String bob = Backends.unique("bob");

        assertThat(open(author, own(bob)).status()).isEqualTo(403);
        try (EventStream withoutToken = EventStream.open("http://localhost:" + port + path(author))) {
            assertThat(withoutToken.status()).isEqualTo(401);
        }
        watch(author, own(author));
        watch(author, any(bob));
    }

    @Test
    void readOfAnotherAuthor_isAuditedWhenTheStreamStarts(CapturedOutput log) throws Exception {
        watch(author, own(author));
        EventStream stream = watch(author, any("analyst"));

        String line = AuditLines.only(log, author).toString();

        assertThat(line)
                .isEqualTo("{\"action\":\"read\",\"author\":\"" + author + "\",\"target\":\"/v1/authors/" + author
                        + "/reports/current\",\"subject\":\"analyst\",\"requestId\":\"" + stream.header("Request-Id")
                        + "\",\"status\":200}");
        stream.close();
        await().until(() -> clients.acquired() == 1);
        watch(author, any("another-analyst"));
        await().until(() -> AuditLines.with(log, "another-analyst").size() == 1);
        assertThat(AuditLines.with(log, author)).hasSize(2);
    }

    @Test
    void expiredToken_endsTheStream() throws Exception {
        Instant expiry = Instant.now().plusSeconds(2);
        EventStream stream = open(author, ISSUER.expiring(expiry, author, "reports:read"));
        assertThat(stream.next().name()).isEqualTo("report");

        EventStream.Event expired = stream.next();

        assertThat(Instant.now()).isBetween(expiry.minusSeconds(1), expiry.plusSeconds(3));
        assertThat(expired.name()).isEqualTo("expired");
        assertThat(expired.data().toString()).isEqualTo("{}");
        assertThat(stream.next().name()).isEqualTo("end");
        assertThat(stream.endedNormally()).isTrue();
    }

    @Test
    void callerAtMaxClients_gets429_andAnotherCallerWatches() throws Exception {
        String zoe = any("zoe");
        for (int i = 0; i < MAX_CLIENTS_OF_ONE; i++) {
            watch(author, zoe);
        }
        double before = refusals("live-clients-per-caller");

        assertRefused(open(author, zoe), 429, 5, "heartline.reports.live.clients-per-caller");

        assertThat(refusals("live-clients-per-caller")).isEqualTo(before + 1);
        watch(author, own(author));
        opened.get(0).close();
        await().until(() -> clients.acquired() == MAX_CLIENTS_OF_ONE);
        watch(author, zoe);
    }

    @Test
    void instanceAtMaxClients_refusesTheNextOne() throws Exception {
        for (int i = 0; i < MAX_CLIENTS; i++) {
            watch(author, any("reader-" + i));
        }
        double before = refusals("live-clients");

        assertRefused(open(author, own(author)), 503, 5, "heartline.reports.live.clients");

        assertThat(refusals("live-clients")).isEqualTo(before + 1);
    }

    @Test
    void instanceAtMaxAuthors_refusesOtherAuthors_andAcceptsTheSame() throws Exception {
        for (int i = 0; i < MAX_AUTHORS; i++) {
            watch(author + '-' + i, own(author + '-' + i));
        }
        double before = refusals("live-authors");

        assertRefused(open(author, own(author)), 503, 5, "heartline.reports.live.authors");

        assertThat(refusals("live-authors")).isEqualTo(before + 1);
        watch(author + "-0", own(author + "-0"));
    }

    @Test
    void tooManyRecordsSinceTheLastRun_areRefused_untilARunHasFoldedThem() throws Exception {
        List<LikeEvent> events = new ArrayList<>();
        for (int i = 0; i <= MAX_CATCH_UP; i++) {
            events.add(like(author));
        }
        run();
        likes.append(events);
        double before = refusals("live-catch-up");

        EventStream refused = open(author, own(author));

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isEqualTo("60");
        assertThat(refused.problem().path("detail").stringValue())
                .isEqualTo("21 records were logged since the last run, and a live report reads 20 at most"
                        + " (heartline.reports.live.catch-up). The next run reduces their number.");
        assertThat(refusals("live-catch-up")).isEqualTo(before + 1);
        run();
        assertThat(open(author, own(author)).next().data().path("likes").longValue())
                .isEqualTo(events.size());
    }

    @Test
    void reportsBeyondTheStateSize_areRefused_andOtherAuthorsAreWatched() throws Exception {
        String post = "p-1";
        likes.append(IntStream.range(0, 5_000)
                .mapToObj(i -> new Liked(author + i, post, author, "liker-" + i, now))
                .toList());
        run();
        double before = refusals("live-state");

        assertRefused(open(author, own(author)), 503, 5, "heartline.reports.live.state-size");

        assertThat(refusals("live-state")).isEqualTo(before + 1);
        String small = Backends.unique("small");
        watch(small, own(small));
    }

    @Test
    void clientThatDoesNotRead_doesNotHoldUpOthers_andIsDisconnected() throws Exception {
        for (int i = 0; i < 15; i++) {
            likes.append(like(author)); // posts with long ids, so that few reports fill the buffers
        }
        run();
        Socket stalled = requestWithoutReading(path(author));
        opened.add(stalled);
        EventStream reading = watch(author, own(author));
        await().until(() -> clients.acquired() == 2);

        // the stalled client has the service's timeout of 2 s from the moment at which the buffers are full
        await().pollInterval(Duration.ofMillis(200))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    likes.append(like(author));
                    long startedAt = System.nanoTime();
                    reading.awaitLikes(number);
                    assertThat(Duration.ofNanos(System.nanoTime() - startedAt)).isLessThan(Duration.ofSeconds(5));
                    return clients.acquired() == 1;
                });

        String received = readRemaining(stalled);
        assertThat(received).startsWith("HTTP/1.1 200").doesNotEndWith("\r\n0\r\n\r\n");
        assertThat(received.length())
                .as("what the buffers of both sockets have")
                .isLessThan(100_000);
        likes.append(like(author));
        reading.awaitLikes(number);
    }

    private Socket requestWithoutReading(String path) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.connect(new InetSocketAddress(InetAddress.getByName("localhost"), port));
        socket.setSoTimeout(30_000);
        String request =
                "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer "
                        + own(author) + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Returns the bytes that arrive until the connection is closed or reset. */
    private static String readRemaining(Socket socket) throws IOException {
        StringBuilder received = new StringBuilder();
        byte[] buffer = new byte[SMALL_BUFFER];
        try {
            for (int read = socket.getInputStream().read(buffer);
                    read >= 0;
                    read = socket.getInputStream().read(buffer)) {
                received.append(new String(buffer, 0, read, StandardCharsets.US_ASCII));
            }
        } catch (SocketException e) {
            // a reset also ends the stream
        }
        return received.toString();
    }
}
