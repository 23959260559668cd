package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.heartline.events.LikesLog;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.NoHistory;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.heartline.gateway.transport.OutboundBufferLimit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TickerTest {

    private final AtomicInteger ticks = new AtomicInteger();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private final Fanout fanout = new Fanout(
            new Fanout.Limits(1_000_000, 100, 100, 1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(30)),
            new NoHistory(),
            this::time,
            System::currentTimeMillis,
            metrics,
            new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, "likes"));
    private final OutboundBufferLimit unread = new OutboundBufferLimit(1_000_000, Duration.ofMinutes(1), metrics);
    private final Ticker ticker = new Ticker(fanout, unread, Duration.ofMillis(1));
    private Runnable onTick = () -> {};

    @AfterEach
    void stop() {
        ticker.stop();
    }

    @Test
    void failedTick_isFollowedByNextTick() {
        breakTick(1);

        ticker.start();

        await().untilAsserted(() -> assertThat(ticks).hasValueGreaterThan(2));
    }

    /** Without memory, logging fails like the tick. */
    @Test
    void failedTickThatCannotBeLogged_isFollowedByNextTick() {
        breakTick(1);
        Logger logger = (Logger) LoggerFactory.getLogger(Ticker.class);
        AppenderBase<ILoggingEvent> full = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                throw new OutOfMemoryError("on purpose");
            }
        };
        full.start();
        logger.addAppender(full);
        try {
            ticker.start();

            await().untilAsserted(() -> assertThat(ticks).hasValueGreaterThan(2));
        } finally {
            logger.detachAppender(full);
        }
    }

    @Test
    void failedFanoutTicks_unreadBytesAreStillCounted() {
        onTick = () -> {
            throw new IllegalStateException("on purpose");
        };
        EmbeddedChannel channel = new EmbeddedChannel(unread.newChannelHandler());
        channel.write(Unpooled.wrappedBuffer(new byte[100]));

        ticker.start();

        await().until(() -> registry.get("heartline.gateway.unread").gauge().value() > 0);
        channel.finishAndReleaseAll();
    }

    @Test
    void endedThread_isReported_exceptAfterStop() {
        fanout.prepare(new LikesLog("likes", Uuid.randomUuid(), 1));
        fanout.resume(0);
        fanout.activate();
        onTick = () -> Thread.currentThread().interrupt();
        assertThat(ticker.hasDied()).isFalse();

        ticker.start();

        await().until(ticker::hasDied);
        ticker.stop();
        assertThat(ticker.hasDied()).isFalse();
    }

    private void breakTick(int number) {
        fanout.prepare(new LikesLog("likes", Uuid.randomUuid(), 1));
        fanout.resume(0);
        fanout.activate();
        ticks.set(0); // the clock has been read
        onTick = () -> {
            if (ticks.get() == number) {
                throw new OutOfMemoryError("on purpose");
            }
        };
    }

    private long time() {
        ticks.incrementAndGet();
        onTick.run();
        return System.nanoTime();
    }
}
