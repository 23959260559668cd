package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikesLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TickerTest {

    private final AtomicInteger ticks = new AtomicInteger();
    private final GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
    private final Fanout fanout = new Fanout(
            new Fanout.Limits(1_000_000, 100, 100, 1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(30)),
            new LogReader(
                    "likes", new LogReader.Limits(1, 1, 0, 1, 1, 1, 1, Duration.ofSeconds(1)), () -> null, () -> null),
            this::time,
            System::currentTimeMillis,
            metrics,
            new Traces(Tracer.NOOP, Propagator.NOOP));
    private final Ticker ticker =
            new Ticker(fanout, new Unread(1_000_000, Duration.ofMinutes(1), metrics), Duration.ofMillis(1));

    @AfterEach
    void stop() {
        ticker.stop();
    }

    @Test
    void aTickThatBreaks_isNotTheLast() {
        fanout.prepare(new LikesLog("likes", Uuid.randomUuid(), 1), Map.of(0, 0L));
        fanout.open();

        ticker.start();

        await().untilAsserted(() -> assertThat(ticks).hasValueGreaterThan(2));
    }

    private long time() {
        if (ticks.incrementAndGet() == 1) {
            throw new OutOfMemoryError("on purpose");
        }
        return System.nanoTime();
    }
}
