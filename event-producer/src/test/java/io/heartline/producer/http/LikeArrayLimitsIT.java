package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeArrayClient;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.web.limit.ConcurrencyLimit;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import tools.jackson.databind.JsonNode;

/** The limits of arrays, an unavailable log, and clients that are slow or disconnect. */
class LikeArrayLimitsIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final String topic = Backends.unique("likes");
    private final Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();
    private final List<LikeArrayClient> open = new ArrayList<>();

    @BeforeEach
    void captureDroppedErrors() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void close() throws IOException {
        Hooks.resetOnErrorDropped();
        closeClients();
        assertThat(dropped).isEmpty();
    }

    private void closeClients() throws IOException {
        for (LikeArrayClient client : open) {
            client.close();
        }
    }

    private static String array(int likes) {
        return Collections.nCopies(likes, LikeBodies.like("alice", "bob")).toString();
    }

    private LikeArrayClient begin(RunningProducer producer, String caller) throws IOException {
        LikeArrayClient client = new LikeArrayClient(producer.port, "X-Forwarded-For: " + caller);
        open.add(client);
        return client.write("[");
    }

    private static void awaitArrays(RunningProducer producer, int count) {
        ConcurrencyLimit limit = producer.context.getBean("arrayLimit", ConcurrencyLimit.class);
        await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(5)).until(() -> limit.acquired() == count);
    }

    @Test
    void atMaxPerCallerOrInstance_nextArrayIsRefused_andOthersComplete() throws Exception {
        try (RunningProducer producer = RunningProducer.on(
                topic,
                "heartline.producer.arrays.max-concurrent=3",
                "heartline.producer.arrays.max-per-caller=2",
                "server.forward-headers-strategy=native")) {
            LikeArrayClient first = begin(producer, "10.0.0.1");
            begin(producer, "10.0.0.1");
            awaitArrays(producer, 2);

            LikeArrayClient refused = begin(producer, "10.0.0.1");

            assertThat(refused.answer().status()).isEqualTo(429);
            assertThat(refused.answer().headers()).containsEntry("retry-after", "1");
            assertThat(refused.json().path("type").stringValue()).isEqualTo("/problems/too-many-arrays");
            assertThat(refused.json().path("detail").stringValue())
                    .isEqualTo("One caller may send 2 arrays at a time to an instance"
                            + " (heartline.producer.arrays.max-per-caller).");
            begin(producer, "10.0.0.2");
            awaitArrays(producer, 3);
            assertThat(producer.metric("heartline_producer_arrays", "")).isEqualTo(3);
            HttpResponse<String> overloaded = producer.post(array(1));
            assertThat(overloaded.statusCode()).isEqualTo(503);
            assertThat(RunningProducer.json(overloaded).path("detail").stringValue())
                    .isEqualTo("This instance takes 3 arrays at a time.");
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .as("a single like")
                    .isEqualTo(202);
            assertThat(first.write(" ]").end().answer().status()).isEqualTo(200);
            awaitArrays(producer, 2);
            closeClients(); // otherwise the service waits for their bodies when it stops
        }
    }

    @Test
    void arrayExceedsTheRate_isRefusedWhole_andTakesNoPermit() throws Exception {
        try (RunningProducer producer =
                RunningProducer.on(topic, "heartline.producer.rate.per-second=1", "heartline.producer.rate.burst=50")) {
            HttpResponse<String> overBurst = producer.post(array(51));
            assertThat(overBurst.statusCode()).isEqualTo(429);
            assertThat(overBurst.headers().firstValue("Retry-After")).isEmpty();
            assertThat(RunningProducer.json(overBurst).path("detail").stringValue())
                    .isEqualTo("One caller may send at most 50 likes in one request (heartline.producer.rate.burst).");
            assertThat(producer.post("[]").statusCode()).as("takes no permit").isEqualTo(200);

            assertThat(producer.post(array(50)).statusCode()).isEqualTo(200);
            HttpResponse<String> next = producer.post(array(40));

            assertThat(next.statusCode()).isEqualTo(429);
            assertThat(RunningProducer.json(next).path("type").stringValue()).isEqualTo("/problems/rate-limited");
            assertThat(Integer.parseInt(next.headers().firstValue("Retry-After").orElseThrow()))
                    .isBetween(30, 40);
            assertThat(logged()).isEqualTo(50);
        }
    }

    @Test
    void logIsUnavailable_everyLikeGets503WithinTheAckTimeout() throws Exception {
        try (RunningProducer producer = RunningProducer.on(
                "127.0.0.1:" + FreePorts.find(1)[0], topic, new String[] {"heartline.producer.ack-timeout=1s"})) {
            long startNanos = System.nanoTime();

            HttpResponse<String> answer = producer.post("[1," + array(999).substring(1));

            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(Duration.ofSeconds(10));
            assertThat(answer.statusCode()).isEqualTo(200);
            JsonNode json = RunningProducer.json(answer);
            assertThat(json.at("/results/0/status").intValue()).isEqualTo(400);
            assertThat(json.path("results").valueStream().skip(1)).hasSize(999).allSatisfy(result -> assertThat(
                            result.at("/problem/type").stringValue())
                    .isEqualTo("/problems/log-unavailable"));
            assertThat(json.path("refused").intValue()).isEqualTo(1000);
            assertThat(producer.metric("heartline_producer_refused_total", "log-unavailable"))
                    .isEqualTo(999);
        }
    }

    /** The array is opened after its whole body has arrived, because the body is short and has a Content-Length. */
    @Test
    void clientDisconnects_whileItsLikesWaitForKafka_permitIsReleasedBeforeTheDeadline() throws Exception {
        String body = array(10);
        String head =
                "POST /v1/likes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ";
        try (RunningProducer producer = RunningProducer.on(
                "127.0.0.1:" + FreePorts.find(1)[0], topic, new String[] {"heartline.producer.ack-timeout=60s"})) {
            try (Socket socket = new Socket("127.0.0.1", producer.port)) {
                socket.getOutputStream()
                        .write((head + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
                awaitArrays(producer, 1);
            }
            awaitArrays(producer, 0);
            assertThat(producer.metric("heartline_producer_refused_total", "log-unavailable"))
                    .as("likes without an answer")
                    .isZero();
        }
    }

    @Test
    void clientDisconnects_orIsSlow_inTheMiddleOfTheBody_nothingIsLogged() throws Exception {
        try (RunningProducer producer = RunningProducer.on(topic, "heartline.web.request-timeout=1s")) {
            for (int i = 0; i < 5; i++) {
                LikeArrayClient client = begin(producer, "10.0.0.1");
                client.write(array(100).substring(1).replace(']', ','));
                awaitArrays(producer, 1);
                client.close();
                awaitArrays(producer, 0);
            }
            LikeArrayClient slow = begin(producer, "10.0.0.1");
            slow.write(array(10).substring(1).replace(']', ','));
            awaitArrays(producer, 1);

            assertThat(slow.isClosed()).as("closed by the request timeout").isTrue();

            awaitArrays(producer, 0);
            assertThat(logged()).isZero();
        }
    }

    private int logged() throws Exception {
        LoggedLikes likes = new LoggedLikes(Backends.bootstrapServers(), topic);
        return likes.records(likes.log()).size();
    }
}
