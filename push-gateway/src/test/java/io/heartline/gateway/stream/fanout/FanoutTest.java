package io.heartline.gateway.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.NoHistory;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.connection.Tick;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FanoutTest {

    private static final FollowRequest ALICE = FollowRequest.allLikesOf("alice");

    private final LikesLog log = new LikesLog("likes", Uuid.randomUuid(), 1);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private long now = 1;
    private final Fanout fanout = new Fanout(
            new Fanout.Limits(1_000_000, 100, 100, 1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(30)),
            new NoHistory(),
            () -> now,
            () -> now / 1_000_000,
            metrics,
            new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, "likes"));

    @BeforeEach
    void open() {
        fanout.prepare(log);
        fanout.resume(0);
        fanout.activate();
    }

    /** An example is a WebSocket whose handshake takes longer than the log is available. */
    @Test
    void subscribeAfterLogWasLost_endsTheStream() {
        FrameStream handshakeUnderWay = fanout.follow(ALICE, StartPoint.NOW);
        fanout.deactivate();
        DemandReader late = DemandReader.unbounded();

        handshakeUnderWay.attach(late);

        assertThat(late.error).isInstanceOf(StreamClosedException.class);
        assertThat(metrics.connections()).isZero();
    }

    @Test
    void processPause_doesNotMakeSilentPeerDead() {
        SilentSink socket = new SilentSink(now);
        fanout.follow(ALICE, StartPoint.NOW).attach(socket);
        tick(Duration.ofMillis(250));

        tick(Duration.ofSeconds(55));
        assertThat(socket.closeReason).as("no tick for 55 s").isNull();
        for (int second = 0; second < 51; second++) {
            tick(Duration.ofSeconds(1));
        }

        assertThat(socket.closeReason).isEqualTo(StreamClosedException.Reason.dead);
    }

    @Test
    void subscribeWhileDraining_endsTheStream() {
        FrameStream handshakeUnderWay = fanout.follow(ALICE, StartPoint.NOW);
        fanout.drain(now + Duration.ofSeconds(10).toNanos());
        DemandReader late = DemandReader.unbounded();
        handshakeUnderWay.attach(late);

        tick(Duration.ofSeconds(11));

        assertThat(late.error).isInstanceOfSatisfying(StreamClosedException.class, broken -> assertThat(broken.reason())
                .isEqualTo(StreamClosedException.Reason.draining));
    }

    @Test
    void drain_closesTheSameNumberOfConnectionsInEachSecondOfThePeriod() {
        List<DemandReader> clients = drainingClients(40);

        for (int second = 1; second <= 10; second++) {
            tickFor(1);
            assertThat(closed(clients)).as("after %d s", second).isBetween(4L * second - 2, 4L * second + 2);
        }
        assertThat(closed(clients)).isEqualTo(40);
    }

    @Test
    void drain_ofFewerConnectionsThanTicks_takesTheWholePeriod() {
        List<DemandReader> clients = drainingClients(20);

        tickFor(5);
        assertThat(closed(clients)).as("about a half").isBetween(2L, 18L);
        tickFor(5);

        assertThat(closed(clients)).isEqualTo(20);
    }

    /** Returns clients of a fan-out that closes them within 10 s from now. */
    private List<DemandReader> drainingClients(int number) {
        List<DemandReader> clients =
                Stream.generate(DemandReader::unbounded).limit(number).toList();
        clients.forEach(client -> fanout.follow(ALICE, StartPoint.NOW).attach(client));
        tick(Duration.ofMillis(250));
        fanout.drain(now + Duration.ofSeconds(10).toNanos());
        return clients;
    }

    private void tickFor(int seconds) {
        for (int i = 0; i < 4 * seconds; i++) {
            tick(Duration.ofMillis(250));
        }
    }

    private static long closed(List<DemandReader> clients) {
        return clients.stream().filter(client -> client.error != null).count();
    }

    @Test
    void lag_isThatOfTheClientWithMostUnsentEvents_untilItReads() {
        DemandReader stalled = new DemandReader(1);
        fanout.follow(ALICE, StartPoint.NOW).attach(stalled);
        fanout.follow(ALICE, StartPoint.NOW).attach(DemandReader.unbounded());
        tick(Duration.ofSeconds(1));
        assertThat(lag()).isZero();

        like(0);
        like(1);
        tick(Duration.ofSeconds(1));
        assertThat(lag()).isEqualTo(2);
        tick(Duration.ofSeconds(1));
        assertThat(lag()).as("without a further event").isEqualTo(2);
        stalled.request(10);
        tick(Duration.ofSeconds(1));

        assertThat(lag()).isZero();
    }

    private double lag() {
        return registry.get("heartline.gateway.connection.lag").gauge().value();
    }

    private void like(long offset) {
        byte[] value = LikeEventJson.encode(new Liked("e-" + offset, "p-1", "alice", "bob", Instant.EPOCH));
        FakeRecord record = new FakeRecord(offset, 0, "alice".getBytes(StandardCharsets.UTF_8), value);
        fanout.accept(0, List.of(record), FakeRecord.READER, offset + 1);
    }

    private void tick(Duration after) {
        now += after.toNanos();
        for (int turn = 0; turn < Tick.TURNS; turn++) {
            fanout.tick();
        }
    }
}
