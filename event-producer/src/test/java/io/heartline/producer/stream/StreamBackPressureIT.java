package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.kafka.ManualAckKafka;
import io.heartline.producer.limit.RateLimiter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/** A stream whose likes are acknowledged when the test completes them. */
class StreamBackPressureIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int WINDOW = 8;
    private static final int LINES = 1000;

    private final LocalConnection connection = new LocalConnection();
    private final ManualAckKafka kafka = new ManualAckKafka();
    private final LikeAppender appender = kafka.appender;
    private final AtomicInteger readPieces = new AtomicInteger();

    @BeforeEach
    void open() throws Exception {
        kafka.start();
    }

    @AfterEach
    void close() {
        kafka.close();
        connection.close();
    }

    @Test
    void withoutAcks_onlyTheWindowIsRead_andTheRestAfterThem() throws Exception {
        CompletableFuture<List<byte[]>> answer =
                Flux.from(stream()).collectList().toFuture();
        await().atMost(TIMEOUT).until(() -> appender.inFlight() == WINDOW);
        connection.loop.submit(() -> {}).get(30, TimeUnit.SECONDS); // all earlier tasks of the loop have run

        assertThat(kafka.producer.history()).hasSize(WINDOW);
        assertThat(readPieces.get()).isLessThanOrEqualTo(WINDOW + 1);

        for (int acknowledged = 0; acknowledged < LINES; acknowledged++) {
            await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(1)).until(kafka.producer::completeNext);
            assertThat(appender.inFlight()).isLessThanOrEqualTo(WINDOW);
        }
        StringBuilder written = new StringBuilder();
        answer.get(30, TimeUnit.SECONDS)
                .forEach(results -> written.append(new String(results, StandardCharsets.UTF_8)));
        assertThat(written.toString()).endsWith("{\"done\":true,\"accepted\":" + LINES + ",\"refused\":0}\n");
        assertThat(appender.inFlight()).isZero();
    }

    private LikeStream stream() {
        // one line in each piece, which is emitted when it is requested
        Flux<DataBuffer> body = Flux.range(0, LINES)
                .map(i -> LocalConnection.piece(LikeBodies.lines(i, 1)))
                .doOnNext(piece -> readPieces.incrementAndGet())
                .publishOn(connection.scheduler(), 1);
        return connection.stream(
                body,
                appender,
                RateLimiter.UNLIMITED,
                new StreamSettings(WINDOW, 1_000_000, Duration.ofDays(1), TIMEOUT, 1));
    }
}
