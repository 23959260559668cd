package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.web.limit.ConcurrencyLimit;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** More requests than the limits allow. */
@Order(0) // starts first, because it takes long
@Tag("slow")
class OverloadIT {

    @Test
    void atMaxInFlight_nextLikeIsRefused_andPendingLikesComplete() throws Exception {
        int max = 4;
        try (RunningProducer producer = RunningProducer.on("127.0.0.1:" + FreePorts.find(1)[0], "likes", new String[] {
            "heartline.producer.ack-timeout=3s", "heartline.producer.max-in-flight=" + max
        })) {
            List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
            long startNanos = System.nanoTime();
            for (int i = 0; i < max; i++) {
                waiting.add(CompletableFuture.supplyAsync(() -> post(producer)));
            }
            await().atMost(Duration.ofSeconds(3))
                    .until(() -> producer.context
                                    .getBean("singleLikeLimit", ConcurrencyLimit.class)
                                    .acquired()
                            == max);

            HttpResponse<String> refused = post(producer);

            assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                    .as("before any pending like is answered")
                    .isLessThan(Duration.ofSeconds(3));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            assertThat(type(refused)).isEqualTo("/problems/overloaded");
            for (CompletableFuture<HttpResponse<String>> one : waiting) {
                assertThat(one.join().statusCode()).isEqualTo(503);
                assertThat(one.join().headers().firstValue("Retry-After")).contains("5");
                assertThat(type(one.join())).isEqualTo("/problems/log-unavailable");
            }
            assertThat(producer.metric("heartline_producer_refused_total", "overloaded"))
                    .isEqualTo(1);
            assertThat(producer.metric("heartline_producer_refused_total", "log-unavailable"))
                    .isEqualTo(max);
            assertThat(producer.isReady()).isFalse();
        }
    }

    private static HttpResponse<String> post(RunningProducer producer) {
        try {
            return producer.post(LikeBodies.like("alice", "bob"));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String type(HttpResponse<String> answer) {
        return RunningProducer.json(answer).path("type").stringValue();
    }

    /** Kafka's client has memory for two batches. A stream waits for memory and is not refused. */
    @Test
    void producerBufferIsFull_streamIsSlowedDown_andAcceptedWhole() throws Exception {
        int count = 5_000; // a hundred times as many as the memory holds
        try (RunningProducer producer = RunningProducer.on(
                        Backends.unique("likes"),
                        "spring.kafka.producer.buffer-memory=8KB",
                        "spring.kafka.producer.batch-size=4KB");
                StreamClient client = new StreamClient(producer.port, "Prefer: return=minimal")) {
            for (int i = 0; i < count; i += 1000) {
                client.write(LikeBodies.lines(i, 1000));
            }

            List<JsonNode> results = client.end().results();

            assertThat(results.toString()).isEqualTo("[{\"done\":true,\"accepted\":" + count + ",\"refused\":0}]");
            assertThat(producer.metric("kafka_producer_buffer_exhausted_total", ""))
                    .as("refusals by Kafka's client for lack of memory")
                    .isPositive();
        }
    }

    @Test
    void rateIsExceeded_likeGets429WithRetryAfter_andStreamIsSlowedDown() throws Exception {
        try (RunningProducer producer = RunningProducer.on(
                Backends.unique("likes"), "heartline.producer.rate.per-second=20", "heartline.producer.rate.burst=2")) {
            try (StreamClient client = new StreamClient(producer.port)) {
                long startNanos = System.nanoTime();

                List<JsonNode> results =
                        client.write(LikeBodies.lines(0, 22)).end().results();

                assertThat(results.get(22).toString()).isEqualTo("{\"done\":true,\"accepted\":22,\"refused\":0}");
                assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isGreaterThan(Duration.ofMillis(900));
            }
            HttpResponse<String> refused = null;
            for (int i = 0; i < 200 && (refused == null || refused.statusCode() == 202); i++) {
                refused = post(producer);
            }
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            assertThat(type(refused)).isEqualTo("/problems/rate-limited");
        }
    }
}
