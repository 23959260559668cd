package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.netty.channel.AbortedException;

class LikeStreamTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LocalConnection connection = new LocalConnection();
    private final LikeLog likes = new LikeLog(
            new LogOpener(null, Map.of(), new ProducerSettings.Topic("likes", 1, (short) 1, 1), Duration.ofDays(1)),
            "/test",
            Duration.ofDays(1));

    @AfterEach
    void stop() {
        connection.close();
    }

    @Test
    void subscribedToOnAnotherThread_bodyIsSubscribedToOnTheEventLoop() {
        AtomicBoolean isOnLoop = new AtomicBoolean();
        Publisher<DataBuffer> body = subscriber -> {
            isOnLoop.set(connection.loop.inEventLoop());
            Flux.<DataBuffer>empty().publishOn(connection.scheduler()).subscribe(subscriber);
        };

        List<byte[]> results = Flux.from(stream(body, Allowance.UNLIMITED, Duration.ofDays(1)))
                .collectList()
                .block(PATIENCE);

        assertThat(isOnLoop).isTrue();
        assertThat(results).singleElement().satisfies(line -> assertThat(new String(line, StandardCharsets.UTF_8))
                .isEqualTo("{\"done\":true,\"accepted\":0,\"refused\":0}\n"));
    }

    @Test
    void errorWhileALineIsTaken_connectionIsClosedImmediately() {
        Allowance failing = () -> {
            throw new OutOfMemoryError("Java heap space");
        };

        Flux<byte[]> results = Flux.from(stream(failing, Duration.ofDays(1)));

        assertThatThrownBy(() -> results.blockLast(PATIENCE)).isInstanceOf(AbortedException.class);
        await().atMost(PATIENCE).until(() -> !connection.channel.isOpen());
    }

    @Test
    void answerIsNotRead_thoughItsStreamIsComplete_connectionIsClosedWhenStalled() {
        LikeStream stream = stream(Allowance.UNLIMITED, Duration.ofMillis(100));

        List<byte[]> results = Flux.from(stream).collectList().block(PATIENCE);

        assertThat(results).hasSize(1);
        assertThat(stream.isConcluded()).isTrue();
        await().atMost(PATIENCE).until(() -> !connection.channel.isOpen());
    }

    @Test
    void answerIsWritten_connectionStaysOpen() throws Exception {
        LikeStream stream = stream(Allowance.UNLIMITED, Duration.ofMillis(50));
        Flux.from(stream).collectList().block(PATIENCE);

        stream.close();

        connection.loop.schedule(() -> {}, 200, TimeUnit.MILLISECONDS).get(30, TimeUnit.SECONDS);
        assertThat(connection.channel.isOpen()).isTrue();
    }

    /** Returns a stream of one line that is no like. */
    private LikeStream stream(Allowance allowance, Duration stall) {
        return stream(Flux.just(LocalConnection.piece("{}\n")).publishOn(connection.scheduler()), allowance, stall);
    }

    private LikeStream stream(Publisher<DataBuffer> body, Allowance allowance, Duration stall) {
        return connection.stream(body, likes, allowance, new LikeStream.Settings(8, 1024, stall, Duration.ZERO, 1));
    }
}
