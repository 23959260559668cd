package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

/** A stream to a Kafka that acknowledges what the test says, when it says so. */
class HeldBackStreamIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int WINDOW = 8;
    private static final int LINES = 1000;

    private final LocalConnection connection = new LocalConnection();
    private final HeldBackKafka log = new HeldBackKafka();
    private final LikeLog likes = log.likes;
    private final AtomicInteger read = new AtomicInteger();

    @BeforeEach
    void open() throws Exception {
        log.open();
    }

    @AfterEach
    void close() {
        log.close();
        connection.close();
    }

    @Test
    void whileKafkaAcknowledgesNothing_noMoreIsReadThanTheWindowHolds_andThenAllOfIt() throws Exception {
        CompletableFuture<List<byte[]>> answer =
                Flux.from(stream()).collectList().toFuture();
        await().atMost(PATIENCE).until(() -> likes.inFlight() == WINDOW);
        connection.loop.submit(() -> {}).get(30, TimeUnit.SECONDS); // whatever it has to do, it has done

        assertThat(log.kafka.history()).hasSize(WINDOW);
        assertThat(read.get()).isLessThanOrEqualTo(WINDOW + 1);

        for (int acknowledged = 0; acknowledged < LINES; acknowledged++) {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(log.kafka::completeNext);
            assertThat(likes.inFlight()).isLessThanOrEqualTo(WINDOW);
        }
        StringBuilder told = new StringBuilder();
        answer.get(30, TimeUnit.SECONDS).forEach(results -> told.append(new String(results, StandardCharsets.UTF_8)));
        assertThat(told.toString()).endsWith("{\"done\":true,\"accepted\":" + LINES + ",\"refused\":0}\n");
        assertThat(likes.inFlight()).isZero();
    }

    private LikeStream stream() {
        // a line a piece, each given when it is asked for
        Flux<DataBuffer> body = Flux.range(0, LINES)
                .map(i -> LocalConnection.piece(Bodies.lines(i, 1)))
                .doOnNext(piece -> read.incrementAndGet())
                .publishOn(connection.scheduler(), 1);
        return connection.stream(
                body,
                likes,
                Allowance.UNLIMITED,
                new LikeStream.Settings(WINDOW, 1_000_000, Duration.ofDays(1), PATIENCE, 1));
    }
}
