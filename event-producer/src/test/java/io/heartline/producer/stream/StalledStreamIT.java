package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streams without progress, and more streams than the instance allows. */
class StalledStreamIT {

    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_STREAMS = 3;

    private static RunningProducer producer;

    @BeforeAll
    static void start() {
        producer = RunningProducer.on(
                Backends.unique("likes"),
                "heartline.producer.streams.stall-timeout=" + STALL_TIMEOUT.toMillis() + "ms",
                "heartline.web.request-timeout=" + STALL_TIMEOUT.toMillis() + "ms",
                "heartline.producer.streams.max-concurrent=" + MAX_STREAMS);
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    @Test
    void clientStopsSending_isDisconnected_afterItsResults() throws Exception {
        try (StreamClient client = new StreamClient(producer.port)) {
            client.write(LikeBodies.lines(0, 2) + "{\"postId\":").flush();
            long startNanos = System.nanoTime();

            assertThat(client.result().path("status").intValue()).isEqualTo(202);
            assertThat(client.result().path("status").intValue()).isEqualTo(202);
            assertThatThrownBy(client::result).isInstanceOf(IOException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isGreaterThanOrEqualTo(STALL_TIMEOUT);
        }
        awaitNoStreams();
    }

    @Test
    void clientNeverReads_isNotReadFurther_andIsDisconnected() throws Exception {
        try (StreamClient client = new StreamClient(producer.port)) {
            String lines = LikeBodies.lines(0, 1000);

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) { // 700 MB, if the service read them
                            client.write(lines);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        awaitNoStreams();
    }

    @Test
    void incompleteBody_ofASingleLike_isDisconnected() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", producer.port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("POST /v1/likes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: 100\r\n\r\n{\"postId\":")
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void incompleteHeaders_areDisconnected() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", producer.port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("POST /v1/likes HTTP/1.1\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void slowStream_thatMakesProgress_isNotDisconnected() throws Exception {
        try (StreamClient client = new StreamClient(producer.port)) {
            long until = System.nanoTime() + STALL_TIMEOUT.multipliedBy(3).toNanos();
            int lines = 0;
            while (System.nanoTime() < until) {
                client.write(LikeBodies.lines(lines++, 1)).flush();
                assertThat(client.result().path("line").intValue()).isEqualTo(lines);
                awaitTenthOfStallTimeout();
            }

            assertThat(client.end().result().path("accepted").intValue()).isEqualTo(lines);
        }
    }

    @Test
    void bytesWithoutALineEnd_areNoProgress() throws Exception {
        assertDisconnected("{", " ");
    }

    @Test
    void emptyLines_areNoProgress() throws Exception {
        assertDisconnected("\n", "\r\n");
    }

    private static void assertDisconnected(String... pieces) throws IOException {
        long start = System.nanoTime();
        try (StreamClient client = new StreamClient(producer.port)) {
            assertThatThrownBy(() -> {
                        for (int i = 0; System.nanoTime() < start + TIMEOUT.toNanos(); i++) {
                            client.write(pieces[i % pieces.length]).flush();
                            awaitTenthOfStallTimeout();
                        }
                    })
                    .as("a write to a closed connection")
                    .isInstanceOf(IOException.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(STALL_TIMEOUT, STALL_TIMEOUT.multipliedBy(4));
    }

    private static void awaitTenthOfStallTimeout() {
        long until = System.nanoTime() + STALL_TIMEOUT.toNanos() / 10;
        await().pollInterval(Duration.ofMillis(10)).until(() -> System.nanoTime() > until);
    }

    @Test
    void atMaxConcurrent_nextStreamGets503WithRetryAfter() throws Exception {
        List<StreamClient> open = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_STREAMS; i++) {
                open.add(new StreamClient(producer.port)
                        .write(LikeBodies.lines(0, 1))
                        .flush());
                open.get(i).result();
            }
            assertThat(producer.metric("heartline_producer_streams", "")).isEqualTo(MAX_STREAMS);
            try (StreamClient one = new StreamClient(producer.port)) {
                one.write(LikeBodies.lines(0, 1)).flush();

                assertThat(one.status()).isEqualTo(503);
                assertThat(one.header("Retry-After")).isEqualTo("1");
                assertThat(one.header("Content-Type")).isEqualTo("application/problem+json");
            }
            HttpResponse<String> single = producer.post(LikeBodies.like("a", "b"));
            assertThat(single.statusCode())
                    .as("a single like does not count as a stream")
                    .isEqualTo(202);
        } finally {
            for (StreamClient client : open) {
                client.close();
            }
        }
        awaitNoStreams();
    }

    private static void awaitNoStreams() {
        await().atMost(Duration.ofSeconds(30)).until(() -> producer.metric("heartline_producer_streams", "") == 0);
    }
}
