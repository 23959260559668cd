package io.heartline.producer.array;

import static io.heartline.producer.array.ArrayBodies.likes;
import static io.heartline.producer.array.ArrayBodies.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.kafka.ManualAckKafka;
import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.trace.RequestSpan;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The test itself acknowledges likes, or lets Kafka's client refuse them. */
class ArrayAppendIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(500);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final IngestMetrics metrics = new IngestMetrics(registry);
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final ManualAckKafka kafka = new ManualAckKafka();

    @AfterEach
    void stop() {
        kafka.close();
        loop.shutdownNow();
    }

    private static final class RecordingSpan implements RequestSpan {

        private final List<Throwable> errors = new CopyOnWriteArrayList<>();

        @Override
        public RequestSpan startAppend() {
            return this;
        }

        @Override
        public List<Header> headers() {
            return List.of(new RecordHeader("traceparent", new byte[] {1}));
        }

        @Override
        public void recordError(Throwable e) {
            errors.add(e);
        }

        @Override
        public void end() {}

        @Override
        public void runInScope(Runnable task) {
            task.run();
        }
    }

    private ArrayAppend append(int likes, Duration ackTimeout) {
        return new ArrayAppend(read(likes(likes)), kafka.appender, metrics, RequestSpan.NOOP, ackTimeout, loop);
    }

    private static JsonNode json(CompletableFuture<byte[]> answer) throws Exception {
        return JsonMapper.shared()
                .readTree(new String(answer.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS), StandardCharsets.UTF_8));
    }

    private static List<Integer> statuses(JsonNode answer) {
        return answer.path("results")
                .valueStream()
                .map(result -> result.path("status").intValue())
                .toList();
    }

    private void awaitSent(int likes) {
        await().atMost(TIMEOUT).until(() -> kafka.producer.history().size() == likes);
    }

    /** Returns the likers in the order in which the likes were sent. */
    private List<String> sentLikers() {
        return kafka.producer.history().stream()
                .map(sent -> JsonMapper.shared()
                        .readTree(sent.value())
                        .path("likerId")
                        .stringValue())
                .toList();
    }

    private static List<String> likers(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> "liker-" + i).toList();
    }

    @Test
    void someLikesAreNotAcknowledged_theyGet503AtTheDeadline() throws Exception {
        kafka.start();
        CompletableFuture<byte[]> answer = append(4, Duration.ofSeconds(2)).start();
        awaitSent(4);
        kafka.producer.completeNext();
        kafka.producer.errorNext(new TopicAuthorizationException("likes"));
        kafka.producer.completeNext();

        JsonNode json = json(answer);

        assertThat(statuses(json)).containsExactly(202, 503, 202, 503);
        assertThat(json.at("/results/1/problem/type").stringValue()).isEqualTo("/problems/log-refused");
        assertThat(json.at("/results/3/problem/type").stringValue()).isEqualTo("/problems/log-unavailable");
        assertThat(json.at("/results/0/position").stringValue()).endsWith("-0");
        assertThat(json.path("accepted").intValue()).isEqualTo(2);
        assertThat(json.path("refused").intValue()).isEqualTo(2);
        kafka.producer.completeNext();
        assertThat(registry.get("heartline.producer.accepted").counter().count())
                .as("an item that was answered 503 is not counted again")
                .isEqualTo(2);
    }

    @Test
    void oneSpan_isInTheHeadersOfAllLikes_andHasTheirError() throws Exception {
        RecordingSpan span = new RecordingSpan();
        kafka.start();
        ArrayAppend append =
                new ArrayAppend(read(likes(2)), kafka.appender, metrics, span, Duration.ofSeconds(1), loop);

        json(append.start());

        assertThat(kafka.producer.history()).hasSize(2).allSatisfy(sent -> assertThat(
                        sent.headers().lastHeader("traceparent").value())
                .containsExactly(1));
        assertThat(span.errors).singleElement().isInstanceOf(RefusedException.class);
    }

    @Test
    void logBecomesAvailable_allLikesAreSentInOrder() throws Exception {
        CompletableFuture<byte[]> answer = append(1000, TIMEOUT).start();

        kafka.start();
        awaitSent(1000);
        while (kafka.producer.completeNext()) {}

        assertThat(statuses(json(answer))).hasSize(1000).containsOnly(202);
        assertThat(sentLikers()).isEqualTo(likers(1000));
    }

    @Test
    void sessionEndsHalfWay_restIsSentInOrderInTheNextSession() throws Exception {
        kafka.sendFailures = number -> number == 2 ? new TimeoutException("no metadata") : null;
        kafka.start();
        CompletableFuture<byte[]> answer = append(5, TIMEOUT).start();

        awaitSent(5);
        while (kafka.producer.completeNext()) {}

        assertThat(statuses(json(answer))).containsOnly(202);
        assertThat(sentLikers()).isEqualTo(likers(5));
    }

    @Test
    void bufferIsFullForATime_restIsSentInOrder() throws Exception {
        kafka.sendFailures = number -> number >= 2 && number < 5 ? new BufferExhaustedException("full") : null;
        kafka.start();
        CompletableFuture<byte[]> answer = append(5, TIMEOUT).start();

        awaitSent(5);
        while (kafka.producer.completeNext()) {}

        assertThat(statuses(json(answer))).containsOnly(202);
        assertThat(sentLikers()).isEqualTo(likers(5));
    }

    @Test
    void bufferStaysFull_restIsOverloadedAtTheDeadline_andNotLogged() throws Exception {
        kafka.sendFailures = number -> number >= 2 ? new BufferExhaustedException("full") : null;
        kafka.start();
        CompletableFuture<byte[]> answer = append(4, Duration.ofSeconds(2)).start();
        awaitSent(2);
        while (kafka.producer.completeNext()) {}

        JsonNode json = json(answer);

        assertThat(statuses(json)).containsExactly(202, 202, 503, 503);
        assertThat(json.at("/results/2/problem/type").stringValue()).isEqualTo("/problems/overloaded");
        assertThat(registry.get("heartline.producer.refused")
                        .tag("reason", "overloaded")
                        .counter()
                        .count())
                .isEqualTo(2);
        kafka.sendFailures = number -> null;
        loop.schedule(() -> {}, 100, TimeUnit.MILLISECONDS).get(30, TimeUnit.SECONDS);
        assertThat(sentLikers()).isEqualTo(likers(2));
    }

    @Test
    void cancelledWhileTheLogIsUnavailable_nothingIsSentLater() throws Exception {
        ArrayAppend append = append(3, TIMEOUT);
        CompletableFuture<byte[]> answer = append.start();
        append.cancel();

        kafka.start();

        loop.schedule(() -> {}, SHORT.toMillis(), TimeUnit.MILLISECONDS).get(30, TimeUnit.SECONDS);
        assertThat(kafka.producer.history()).isEmpty();
        assertThat(answer).isNotDone();
    }
}
