package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.local.LocalChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Whoever had to wait for the log is begun with on another thread than the connection's. */
class LikeStreamStartTest {

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
    void itIsBegunWithOnTheConnectionsThread_soThatItCannotBeOverBefore() {
        AtomicBoolean isOnLoop = new AtomicBoolean();
        Publisher<DataBuffer> body = subscriber -> {
            isOnLoop.set(loop.inEventLoop());
            Flux.<DataBuffer>empty()
                    .publishOn(Schedulers.fromExecutorService(loop))
                    .subscribe(subscriber);
        };

        List<byte[]> told = Flux.from(stream(body)).collectList().block(Duration.ofSeconds(30));

        assertThat(isOnLoop).isTrue();
        assertThat(told).singleElement().satisfies(results -> assertThat(new String(results, StandardCharsets.UTF_8))
                .isEqualTo("{\"done\":true,\"accepted\":0,\"refused\":0}\n"));
    }

    private LikeStream stream(Publisher<DataBuffer> body) {
        LikeReader reader = new LikeReader(InstantSource.system(), Duration.ofDays(90), Duration.ofMinutes(5));
        return new LikeStream(
                body,
                new Intake(reader, new EventIds(), "alice", null, Trace.NONE),
                Allowance.UNLIMITED,
                new ResultOptions(false, false),
                likes,
                new IngestMetrics(new SimpleMeterRegistry(), likes, new Places("streams", 1)),
                new LikeStream.Settings(8, 1024, Duration.ofDays(1), Duration.ZERO, 1),
                channel);
    }
}
