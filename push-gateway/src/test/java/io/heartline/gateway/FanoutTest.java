package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikesLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class FanoutTest {

    private static final Following ALICE = Following.everythingOf("alice");

    private final LikesLog log = new LikesLog("likes", Uuid.randomUuid(), 1);
    private final GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
    private final LogReader reader = new LogReader(
            "likes", new LogReader.Limits(1, 1, 0, 1, 1, 1, 1, Duration.ofSeconds(1)), () -> null, () -> null);
    private long now = 1;
    private final Fanout fanout = new Fanout(
            new Fanout.Limits(1_000_000, 100, 100, 1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(30)),
            reader,
            () -> now,
            () -> now / 1_000_000,
            metrics,
            new Traces(Tracer.NOOP, Propagator.NOOP));

    @BeforeEach
    void open() {
        fanout.prepare(log, Map.of(0, 0L));
        fanout.open();
    }

    @AfterEach
    void stop() throws InterruptedException {
        reader.stop();
    }

    /** Such as a WebSocket whose handshake was under way. */
    @Test
    void aClientThatSubscribesAfterTheLogWasLost_isEnded_andNotLeftWithoutASource() {
        Flux<Frame> handshakeUnderWay = fanout.follow(ALICE, null);
        fanout.close();
        Reader late = Reader.unbounded();

        handshakeUnderWay.subscribe(late);

        assertThat(late.error).isInstanceOf(BrokenStreamException.class);
        assertThat(metrics.connections()).isZero();
    }

    @Test
    void aSilentPeer_isNotDead_ifThisProcessStoodStillMeanwhile() {
        SilentSocket socket = new SilentSocket(now);
        fanout.follow(ALICE, null).subscribe(socket);
        tick(Duration.ofMillis(250));

        tick(Duration.ofSeconds(55));
        assertThat(socket.end).as("the ticks stood still for 55 s").isNull();
        for (int second = 0; second < 51; second++) {
            tick(Duration.ofSeconds(1));
        }

        assertThat(socket.end).isEqualTo(BrokenStreamException.Reason.dead);
    }

    @Test
    void aClientThatSubscribesWhileTheInstanceDrains_isSentAway() {
        Flux<Frame> handshakeUnderWay = fanout.follow(ALICE, null);
        fanout.drain(now + Duration.ofSeconds(10).toNanos());
        Reader late = Reader.unbounded();
        handshakeUnderWay.subscribe(late);

        tick(Duration.ofSeconds(11));

        assertThat(late.error).isInstanceOfSatisfying(BrokenStreamException.class, broken -> assertThat(broken.reason())
                .isEqualTo(BrokenStreamException.Reason.draining));
    }

    private void tick(Duration after) {
        now += after.toNanos();
        for (int turn = 0; turn < Tick.TURNS; turn++) {
            fanout.tick();
        }
    }
}
