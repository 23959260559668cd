package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.OpenApiCases;
import io.heartline.producer.kafka.ManualAckKafka;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.limit.RateLimiter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * A stream whose rest is refused: its token expires in ten seconds of a clock that the test moves, or its body is corrupt. The test
 * acknowledges its likes.
 */
class ExpiringStreamIT {

    private static final int LIFE_SECONDS = 10;
    private static final int WINDOW = 8;

    private final ManualAckKafka kafka = new ManualAckKafka();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Sinks.Many<DataBuffer> body = Sinks.many().unicast().onBackpressureBuffer();
    private final StringBuilder answer = new StringBuilder();
    private final AtomicBoolean isAnswered = new AtomicBoolean();
    private LikeStream stream;
    private Disposable answering;

    @BeforeEach
    void open() throws Exception {
        kafka.start();
        channel.freezeTime();
        stream = LocalConnection.stream(
                body.asFlux(),
                kafka.appender,
                RateLimiter.UNLIMITED,
                new StreamSettings(WINDOW, 1_000_000, Duration.ofDays(1), Duration.ofDays(1), 1),
                channel,
                Instant.now().plusSeconds(LIFE_SECONDS));
        answering = Flux.from(stream)
                .map(results -> new String(results, StandardCharsets.UTF_8))
                .subscribe(answer::append, e -> {}, () -> isAnswered.set(true));
        channel.runPendingTasks();
    }

    @AfterEach
    void close() {
        kafka.close();
        channel.close();
    }

    private void send(String lines) {
        body.tryEmitNext(LocalConnection.piece(lines)).orThrow();
        channel.runPendingTasks();
    }

    private void acknowledge(int lines) {
        for (int i = 0; i < lines; i++) {
            assertThat(kafka.producer.completeNext()).isTrue();
        }
        channel.runPendingTasks();
    }

    private void expireToken() {
        channel.advanceTimeBy(LIFE_SECONDS + 1, TimeUnit.SECONDS);
        channel.runPendingTasks();
    }

    private boolean hasTimer() {
        channel.runPendingTasks();
        return channel.runScheduledPendingTasks() != -1;
    }

    @Test
    void tokenIsValid_linesAreSent() {
        channel.advanceTimeBy(LIFE_SECONDS - 1, TimeUnit.SECONDS);

        send(LikeBodies.lines(0, 2));
        acknowledge(2);

        assertThat(answer.toString()).hasLineCount(2).doesNotContain("401");
        assertThat(isAnswered).isFalse();
    }

    @Test
    void tokenExpires_nextLineIsRefused_andTheBodyIsCancelled() {
        send(LikeBodies.lines(0, 1));
        acknowledge(1);

        expireToken();

        List<String> shown = OpenApiCases.example(
                        OpenApiCases.POST_LIKES.at("responses", "200", "content", "application/x-ndjson"), "expired")
                .lines()
                .toList();
        assertThat(answer.toString().lines()).hasSize(2).last().isEqualTo(shown.get(1));
        assertThat(isAnswered).isTrue();
        assertThat(stream.isConcluded()).isTrue();
        assertThat(stream.isRefused()).isTrue();
        assertThat(body.currentSubscriberCount()).isZero();
    }

    @Test
    void tokenExpires_linesInFlightAreAnsweredFirst() {
        send(LikeBodies.lines(0, 2 * WINDOW));
        expireToken();
        assertThat(answer).isEmpty();

        acknowledge(WINDOW);

        assertThat(answer.toString().lines().map(line -> line.replaceAll(".*\"status\":(\\d+).*", "$1")))
                .containsExactly("202", "202", "202", "202", "202", "202", "202", "202", "401");
        assertThat(answer.toString()).contains("{\"line\":" + (WINDOW + 1) + ",\"status\":401,");
        assertThat(kafka.producer.history()).hasSize(WINDOW);
    }

    @Test
    void allLinesWereSent_tokenExpiresBeforeTheirAcks_streamIsDone() {
        send(LikeBodies.lines(0, 2));
        body.tryEmitComplete().orThrow();
        channel.runPendingTasks();
        expireToken();

        acknowledge(2);

        assertThat(answer.toString()).hasLineCount(3).endsWith("{\"done\":true,\"accepted\":2,\"refused\":0}\n");
        assertThat(stream.isRefused()).isFalse();
    }

    @Test
    void bodyIsCorrupt_linesInFlightAreAnsweredFirst_andTheNextLineIsRefused() {
        send(LikeBodies.lines(0, 2) + "{");
        body.tryEmitError(RefusedException.notGzip("it is corrupt")).orThrow();
        channel.runPendingTasks();
        assertThat(answer).isEmpty();

        acknowledge(2);

        assertThat(answer.toString().lines().map(line -> line.replaceAll(".*?\"status\":(\\d+).*", "$1")))
                .containsExactly("202", "202", "400");
        assertThat(answer.toString()).contains("{\"line\":3,\"status\":400,");
        assertThat(kafka.producer.history()).hasSize(2);
        assertThat(isAnswered).isTrue();
        assertThat(stream.isConcluded()).isTrue();
        assertThat(stream.isRefused()).isTrue();
    }

    @Test
    void bodyIsCorrupt_afterTheTokenHasExpired_theLastLineIs401() {
        send(LikeBodies.lines(0, 1));
        expireToken();
        body.tryEmitError(RefusedException.notGzip("it is corrupt"));

        acknowledge(1);

        assertThat(answer.toString())
                .hasLineCount(2)
                .contains("{\"line\":2,\"status\":401,")
                .doesNotContain("400");
    }

    @Test
    void streamEndsFirst_noTimerIsLeft() {
        assertThat(hasTimer()).isTrue();
        body.tryEmitComplete().orThrow();
        channel.runPendingTasks();
        assertThat(answer.toString()).contains("\"done\":true");

        stream.close();

        assertThat(hasTimer()).isFalse();
    }

    @Test
    void clientDisconnectsFirst_noTimerIsLeft() {
        assertThat(hasTimer()).isTrue();

        answering.dispose();

        assertThat(hasTimer()).isFalse();
    }
}
