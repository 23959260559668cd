package io.heartline.gateway.kafka;

import io.heartline.events.Position;
import io.heartline.gateway.kafka.replay.KafkaHistory;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.gateway.stream.fanout.DemandReader;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.jspecify.annotations.Nullable;

/** A {@link FakeDamagedLog} that a {@link TailConsumer} reads into a {@link Fanout} on the test's thread. */
final class TailedLog {

    private final FakeDamagedLog log;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private final SkippedOffsets skipped = new SkippedOffsets(metrics);
    private final KafkaHistory replays;
    private final Fanout fanout;
    private TailConsumer consumer;

    TailedLog(FakeDamagedLog log) {
        this.log = log;
        replays = new KafkaHistory(
                "likes",
                new KafkaHistory.Limits(1, 10, 0, 100, 1_000, 64_000, 64_000, Duration.ofSeconds(5)),
                log::consumer,
                log::probe);
        fanout = new Fanout(
                new Fanout.Limits(1_000_000, 100, 1_000, 1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(30)),
                replays,
                System::nanoTime,
                System::currentTimeMillis,
                metrics,
                new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, "likes"));
    }

    /** Reads the last records of each partition, then accepts clients. */
    void follow(int preloadRecords) {
        startPreload(preloadRecords);
        while (!consumer.hasReachedEnds()) {
            poll(1);
        }
        consumer.acceptClients();
        fanout.activate();
    }

    /** Seeks to the last records of each partition with a new consumer. */
    void startPreload(int preloadRecords) {
        skipped.startLog(log.log.epoch());
        consumer = new TailConsumer(log.partitions(), log::consumer, log::probe, fanout, skipped, Duration.ZERO);
        fanout.prepare(log.log);
        consumer.seekBeforeEnds(preloadRecords);
    }

    TailConsumer consumer() {
        return consumer;
    }

    void poll(int times) {
        for (int i = 0; i < times; i++) {
            try {
                consumer.poll(Duration.ZERO);
            } catch (OffsetOutOfRangeException e) {
                consumer.restart(e);
            }
        }
    }

    /**
     * Connects a client to an author of a partition.
     *
     * @param after the offset of the position to resume after; null to start at the log end
     */
    DemandReader read(int partition, @Nullable Long after) {
        DemandReader reader = DemandReader.unbounded();
        StartPoint start =
                after == null ? StartPoint.NOW : StartPoint.after(new Position(log.log.epoch(), partition, after));
        fanout.follow(FollowRequest.allLikesOf(log.author(partition)), start).attach(reader);
        return reader;
    }

    /** Returns the offsets of the likes that a reader has received. */
    static List<Long> offsets(DemandReader reader) {
        return reader.frames().stream()
                .filter(frame -> frame.kind() == Frame.Kind.like)
                .map(frame -> frame.position().offset())
                .toList();
    }

    static List<Long> range(int from, int next) {
        return IntStream.range(from, next).mapToObj(Long::valueOf).toList();
    }

    /** Returns the number of offsets that were skipped. */
    double undecodable() {
        return registry.get("heartline.gateway.undecodable").counter().count();
    }

    double partitionsFollowed() {
        return registry.get("heartline.gateway.partitions").gauge().value();
    }

    void close() throws InterruptedException {
        consumer.close();
        replays.stop();
    }
}
