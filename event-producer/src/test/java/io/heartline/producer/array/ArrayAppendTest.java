package io.heartline.producer.array;

import static io.heartline.producer.array.ArrayBodies.like;
import static io.heartline.producer.array.ArrayBodies.likes;
import static io.heartline.producer.array.ArrayBodies.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.kafka.UnavailableLog;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.trace.RequestSpan;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log never becomes available. */
class ArrayAppendTest {

    private static final Duration LONG = Duration.ofDays(1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    private ArrayAppend append(String body, Duration ackTimeout) {
        return new ArrayAppend(
                read(body), UnavailableLog.appender(ackTimeout), metrics, RequestSpan.NOOP, ackTimeout, loop);
    }

    private static String answer(ArrayAppend append) throws Exception {
        return new String(append.start().get(30, TimeUnit.SECONDS), StandardCharsets.UTF_8);
    }

    @Test
    void emptyArray_hasNoResults() throws Exception {
        assertThat(answer(append("[]", LONG))).isEqualTo("{\"results\":[],\"accepted\":0,\"refused\":0}");
    }

    @Test
    void everyItemIsRefused_answerDoesNotWaitForTheLog() throws Exception {
        String problem = "{\"type\":\"/problems/invalid-like\",\"title\":\"Invalid like\",\"status\":400,"
                + "\"detail\":\"This is not a like: errors names what to mend.\","
                + "\"errors\":[{\"pointer\":\"\",\"detail\":\"must be a JSON object\"}]}";

        assertThat(answer(append("[1,null]", LONG)))
                .isEqualTo("{\"results\":[{\"status\":400,\"problem\":" + problem + "},{\"status\":400,\"problem\":"
                        + problem + "}],\"accepted\":0,\"refused\":2}");
        assertThat(refused("invalid-like")).isEqualTo(2);
    }

    @Test
    void logIsUnavailable_likesGet503AfterTheAckTimeout() throws Exception {
        JsonNode answer = JsonMapper.shared()
                .readTree(answer(append("[" + like(1) + ",7," + like(3) + "]", Duration.ofMillis(100))));

        assertThat(answer.path("results").valueStream().map(result -> result.path("status")
                        .intValue()))
                .containsExactly(503, 400, 503);
        assertThat(answer.at("/results/2/problem/type").stringValue()).isEqualTo("/problems/log-unavailable");
        assertThat(answer.path("accepted").intValue()).isZero();
        assertThat(answer.path("refused").intValue()).isEqualTo(3);
        assertThat(refused("log-unavailable")).isEqualTo(2);
        assertThat(refused("invalid-like")).isEqualTo(1);
    }

    @Test
    void cancelled_neverAnswers_andIsNotCounted() throws Exception {
        ArrayAppend append = append(likes(2), Duration.ofMillis(100));
        CompletableFuture<byte[]> answer = append.start();

        append.cancel();

        loop.schedule(() -> {}, 200, TimeUnit.MILLISECONDS).get(30, TimeUnit.SECONDS);
        assertThat(answer).isNotDone();
        assertThat(refused("log-unavailable")).isZero();
    }

    private double refused(String reason) {
        return registry.get("heartline.producer.refused")
                .tag("reason", reason)
                .counter()
                .count();
    }
}
