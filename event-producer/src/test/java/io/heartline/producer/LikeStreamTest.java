package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.local.LocalChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;

class LikeStreamTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final LocalChannel channel = new LocalChannel();
    private final LikeLog likes = new LikeLog(
            new LogOpener(null, Map.of(), new ProducerSettings.Topic("likes", 1, (short) 1, 1), Duration.ofDays(1)),
            "/test",
            Duration.ofDays(1));

    @BeforeEach
    void register() throws InterruptedException {
        loop.register(channel).sync();
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void errorWhileALineIsTaken_connectionIsClosedImmediately() {
        Allowance failing = () -> {
            throw new OutOfMemoryError("Java heap space");
        };

        Flux<byte[]> results = Flux.from(stream(failing, Duration.ofDays(1)));

        assertThatThrownBy(() -> results.blockLast(PATIENCE)).isInstanceOf(AbortedException.class);
        await().atMost(PATIENCE).until(() -> !channel.isOpen());
    }

    @Test
    void answerIsNotRead_thoughItsStreamIsComplete_connectionIsClosedWhenStalled() {
        LikeStream stream = stream(Allowance.UNLIMITED, Duration.ofMillis(100));

        List<byte[]> results = Flux.from(stream).collectList().block(PATIENCE);

        assertThat(results).hasSize(1);
        assertThat(stream.isWhole()).isTrue();
        await().atMost(PATIENCE).until(() -> !channel.isOpen());
    }

    @Test
    void answerIsWritten_connectionStaysOpen() throws Exception {
        LikeStream stream = stream(Allowance.UNLIMITED, Duration.ofMillis(50));
        Flux.from(stream).collectList().block(PATIENCE);

        stream.close();

        loop.schedule(() -> {}, 200, TimeUnit.MILLISECONDS).get(30, TimeUnit.SECONDS);
        assertThat(channel.isOpen()).isTrue();
    }

    /** Its body is a line that is no like. */
    private LikeStream stream(Allowance allowance, Duration stall) {
        Flux<DataBuffer> body = Flux.just((DataBuffer)
                        DefaultDataBufferFactory.sharedInstance.wrap("{}\n".getBytes(StandardCharsets.UTF_8)))
                .publishOn(Schedulers.fromExecutorService(loop));
        LikeReader reader = new LikeReader(InstantSource.system(), Duration.ofDays(90), Duration.ofMinutes(5));
        return new LikeStream(
                body,
                new Intake(reader, new EventIds(), "alice", null, Trace.NONE),
                allowance,
                new ResultOptions(false, false),
                likes,
                new IngestMetrics(new SimpleMeterRegistry(), likes, new Places("streams", 1)),
                new LikeStream.Settings(8, 1024, stall, Duration.ZERO, 1),
                channel);
    }
}
