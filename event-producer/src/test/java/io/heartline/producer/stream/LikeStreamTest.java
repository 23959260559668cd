package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.kafka.UnavailableLog;
import io.heartline.producer.limit.RateLimiter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.netty.channel.AbortedException;

class LikeStreamTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final LocalConnection connection = new LocalConnection();
    private final LikeAppender appender = UnavailableLog.appender(Duration.ofDays(1));

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

        List<byte[]> results = Flux.from(stream(body, RateLimiter.UNLIMITED, Duration.ofDays(1)))
                .collectList()
                .block(TIMEOUT);

        assertThat(isOnLoop).isTrue();
        assertThat(results).singleElement().satisfies(line -> assertThat(new String(line, StandardCharsets.UTF_8))
                .isEqualTo("{\"done\":true,\"accepted\":0,\"refused\":0}\n"));
    }

    @Test
    void errorWhileALineIsTaken_connectionIsClosedImmediately() {
        RateLimiter failing = () -> {
            throw new OutOfMemoryError("Java heap space");
        };

        Flux<byte[]> results = Flux.from(stream(failing, Duration.ofDays(1)));

        assertThatThrownBy(() -> results.blockLast(TIMEOUT)).isInstanceOf(AbortedException.class);
        await().atMost(TIMEOUT).until(() -> !connection.channel.isOpen());
    }

    @Test
    void answerIsNotRead_thoughItsStreamIsComplete_connectionIsClosedWhenStalled() {
        LikeStream stream = stream(RateLimiter.UNLIMITED, Duration.ofMillis(100));

        List<byte[]> results = Flux.from(stream).collectList().block(TIMEOUT);

        assertThat(results).hasSize(1);
        assertThat(stream.isConcluded()).isTrue();
        await().atMost(TIMEOUT).until(() -> !connection.channel.isOpen());
    }

    @Test
    void answerIsWritten_connectionStaysOpen() throws Exception {
        LikeStream stream = stream(RateLimiter.UNLIMITED, Duration.ofMillis(50));
        Flux.from(stream).collectList().block(TIMEOUT);

        stream.close();

        connection.loop.schedule(() -> {}, 200, TimeUnit.MILLISECONDS).get(30, TimeUnit.SECONDS);
        assertThat(connection.channel.isOpen()).isTrue();
    }

    /** Returns a stream of one line that is not a like. */
    private LikeStream stream(RateLimiter rateLimiter, Duration stallTimeout) {
        return stream(
                Flux.just(LocalConnection.piece("{}\n")).publishOn(connection.scheduler()), rateLimiter, stallTimeout);
    }

    private LikeStream stream(Publisher<DataBuffer> body, RateLimiter rateLimiter, Duration stallTimeout) {
        return connection.stream(
                body, appender, rateLimiter, new StreamSettings(8, 1024, stallTimeout, Duration.ZERO, 1));
    }
}
