package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import io.heartline.gateway.kafka.replay.ReplayReader;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.fanout.DemandReader;
import io.heartline.gateway.stream.fanout.Fanout;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A partition whose records cannot be read costs its own readers, and no one else's. */
class TailConsumerTest {

    private static final int DAMAGED = 0;
    private static final int GOOD = 1;

    private final FakeDamagedLog log = new FakeDamagedLog();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private final SkippedOffsets skipped = new SkippedOffsets(metrics);
    private final ReplayReader replays = new ReplayReader(
            "likes",
            new ReplayReader.Limits(1, 10, 0, 100, 1_000, 64_000, 64_000, Duration.ofSeconds(5)),
            log::consumer,
            log::probe);
    private final Fanout fanout = new Fanout(
            new Fanout.Limits(1_000_000, 100, 1_000, 1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(30)),
            replays,
            System::nanoTime,
            System::currentTimeMillis,
            metrics,
            new DeliveryTracing(Tracer.NOOP, Propagator.NOOP));
    private TailConsumer consumer;

    @AfterEach
    void stop() throws InterruptedException {
        consumer.close();
        replays.stop();
    }

    @Test
    void undecodableBatch_endsItsPartitionsReadersOnly_andOthersReceiveEachRecordOnce() {
        log.append(DAMAGED, 20);
        log.append(GOOD, 20);
        follow(0);
        DemandReader damaged = read(DAMAGED, null);
        DemandReader good = read(GOOD, null);
        log.damage(DAMAGED, 25, 40);
        log.append(DAMAGED, 60);
        log.append(GOOD, 60);

        poll(20);

        assertThat(offsets(damaged)).isEqualTo(range(20, 25));
        assertThat(damaged.error).isInstanceOfSatisfying(StreamClosedException.class, e -> assertThat(e.reason())
                .isEqualTo(StreamClosedException.Reason.lost));
        assertThat(offsets(good)).isEqualTo(range(20, 80));
        assertThat(good.error).isNull();
        assertThat(undecodable()).isEqualTo(15);
        assertThat(registry.get("heartline.gateway.partitions").gauge().value()).isEqualTo(2);
    }

    @Test
    void codecNotLoadable_otherPartitionsReceiveEachRecordOnce() {
        log.append(DAMAGED, 20);
        log.append(GOOD, 20);
        follow(0);
        DemandReader damaged = read(DAMAGED, null);
        DemandReader good = read(GOOD, null);
        log.throwsErrors = true;
        log.damage(DAMAGED, 25, 40);
        log.append(DAMAGED, 60);
        log.append(GOOD, 60);

        poll(20);

        assertThat(offsets(damaged)).isEqualTo(range(20, 25));
        assertThat(damaged.error).isInstanceOf(StreamClosedException.class);
        assertThat(offsets(good)).isEqualTo(range(20, 80));
        assertThat(good.error).isNull();
    }

    @Test
    void undecodableBatch_isSkipped_andResumeFromBeforeItIsNotRecovered() {
        log.append(DAMAGED, 30);
        log.damage(DAMAGED, 10, 20);
        follow(100);

        DemandReader before = read(DAMAGED, 8L);
        DemandReader after = read(DAMAGED, 19L);
        log.append(DAMAGED, 5);
        poll(5);

        assertThat(before.received().get(0)).isEqualTo("hello 29");
        assertThat(before.json(0)).contains("\"recovered\":false");
        assertThat(offsets(before)).isEqualTo(range(30, 35));
        assertThat(after.json(0)).contains("\"recovered\":true");
        assertThat(offsets(after)).isEqualTo(range(20, 35));
    }

    @Test
    void noLaterRecordDecodable_partitionIsSuspended_andOthersContinue() {
        log.append(DAMAGED, 10);
        follow(0);
        log.damage(DAMAGED, 10, 1_000);
        DemandReader good = read(GOOD, null);

        for (int i = 0; i < 10; i++) {
            log.append(DAMAGED, 1);
            log.append(GOOD, 1);
            poll(1);
        }

        log.append(DAMAGED, 1);
        poll(1);
        assertThatThrownBy(() -> read(DAMAGED, null)).isInstanceOf(StreamRefusedException.class);
        assertThat(offsets(good)).isEqualTo(range(0, 10));
        assertThat(registry.get("heartline.gateway.partitions").gauge().value()).isEqualTo(1);
        assertThat(undecodable()).isZero();
        assertThat(consumer.lag()).isPositive();
    }

    @Test
    void decodableRecordArrives_suspendedPartitionResumesThere() {
        log.append(DAMAGED, 10);
        follow(0);
        log.damage(DAMAGED, 10, 15);
        log.append(DAMAGED, 5);
        poll(1);
        assertThatThrownBy(() -> read(DAMAGED, null)).isInstanceOf(StreamRefusedException.class);
        log.append(DAMAGED, 3);

        poll(3);

        DemandReader reader = read(DAMAGED, 14L);
        assertThat(offsets(reader)).isEqualTo(range(15, 18));
        assertThat(undecodable()).isEqualTo(5);
    }

    @Test
    void noFurtherRecord_suspendedPartitionResumesAtEnd() {
        log.append(DAMAGED, 10);
        follow(0);
        log.damage(DAMAGED, 10, 15);
        log.append(DAMAGED, 5);

        poll(3);

        DemandReader reader = read(DAMAGED, null);
        log.append(DAMAGED, 1);
        poll(1);
        assertThat(offsets(reader)).containsExactly(15L);
        assertThat(undecodable()).isEqualTo(5);
    }

    @Test
    void recordsDecodableAgain_nothingIsSkipped() {
        log.append(DAMAGED, 10);
        follow(0);
        log.damage(DAMAGED, 10, 1_000);
        log.append(DAMAGED, 5);
        poll(1);
        log.append(DAMAGED, 5);

        log.repair(DAMAGED);
        poll(5);

        DemandReader reader = read(DAMAGED, 7L);
        await().until(() -> reader.lastOffset() == 19);
        assertThat(offsets(reader)).isEqualTo(range(8, 20));
        assertThat(undecodable()).isZero();
    }

    @Test
    void allPartitionsSuspended_readingResumesOnceDecodable() {
        follow(0);
        log.damage(DAMAGED, 0, 1_000);
        log.damage(GOOD, 0, 1_000);
        log.append(DAMAGED, 5);
        log.append(GOOD, 5);
        consumer.poll(Duration.ZERO);
        assertThat(consumer.isSuspended()).isTrue();

        log.repair(DAMAGED);
        log.repair(GOOD);
        poll(5);

        assertThat(consumer.isSuspended()).isFalse();
        assertThat(offsets(read(GOOD, -1L))).isEqualTo(range(0, 5));
        assertThat(offsets(read(DAMAGED, -1L))).isEqualTo(range(0, 5));
    }

    @Test
    void suspendedPartitionPartlyDeleted_othersReceiveTheirRecords() {
        suspendUndecodable();
        DemandReader good = read(GOOD, null);
        log.append(DAMAGED, 5);
        log.append(GOOD, 5);
        log.deleteBefore(DAMAGED, 12);

        poll(20);

        assertThat(offsets(good)).isEqualTo(range(0, 5));
        assertThat(good.error).isNull();
    }

    @Test
    void suspendedPartitionPartlyDeleted_deletedOffsetsAreCountedOnce() {
        suspendUndecodable();
        log.append(DAMAGED, 5);
        log.deleteBefore(DAMAGED, 12);
        poll(1);

        log.repair(DAMAGED);
        poll(5);

        assertThat(undecodable()).isEqualTo(2);
        assertThat(read(DAMAGED, 10L).json(0)).contains("\"recovered\":false");
        assertThat(offsets(read(DAMAGED, 11L))).isEqualTo(range(12, 20));
    }

    @Test
    void suspendedPartitionFullyDeleted_resumesAtEnd() {
        suspendUndecodable();
        log.deleteBefore(DAMAGED, 15);

        poll(5);

        DemandReader reader = read(DAMAGED, null);
        log.repair(DAMAGED);
        log.append(DAMAGED, 1);
        poll(1);
        assertThat(offsets(reader)).containsExactly(15L);
        assertThat(undecodable()).isEqualTo(5);
    }

    @Test
    void suspendedPartitionTruncated_resumesAtEnd_andLostPositionsAreNotRecovered() {
        suspendUndecodable();
        log.truncate(DAMAGED, 10);
        log.repair(DAMAGED);

        poll(5);
        log.append(DAMAGED, 10);
        poll(5);

        assertThat(read(DAMAGED, 12L).json(0)).contains("\"recovered\":false");
        assertThat(offsets(read(DAMAGED, 15L))).isEqualTo(range(16, 20));
        assertThat(undecodable()).isZero();
    }

    @Test
    void suspendedPartitionRestarted_isNotRetried() {
        suspendUndecodable();
        log.deleteBefore(DAMAGED, 15);
        consumer.restart(new OffsetOutOfRangeException(Map.of(log.partition(DAMAGED), 10L)));
        DemandReader reader = read(DAMAGED, null);
        log.repair(DAMAGED);
        log.append(DAMAGED, 2);

        poll(5);

        assertThat(offsets(reader)).isEqualTo(range(15, 17));
        assertThat(consumer.lag()).isZero();
    }

    @Test
    void suspendedPartitionInRangeAgain_staysSuspendedOnRestart() {
        suspendUndecodable();

        consumer.restart(new OffsetOutOfRangeException(Map.of(log.partition(DAMAGED), 12L)));

        assertThatThrownBy(() -> read(DAMAGED, null)).isInstanceOf(StreamRefusedException.class);
    }

    @Test
    void suspendedPartitionWithoutLeader_isNotRetriedInEachPoll_andOthersContinue() {
        suspendUndecodable();
        DemandReader good = read(GOOD, null);
        log.leaderless = log.partition(DAMAGED);
        log.append(GOOD, 5);

        poll(20);

        assertThat(offsets(good)).isEqualTo(range(0, 5));
        assertThat(log.timeouts).hasValue(1);
        assertThat(log.longestTimeout).isLessThanOrEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void logReadAgain_skippedOffsetsAreCountedOnce() {
        log.append(DAMAGED, 30);
        log.damage(DAMAGED, 10, 20);
        follow(100);
        consumer.close();

        follow(100);

        assertThat(undecodable()).isEqualTo(10);
    }

    @Test
    void replayOfUndecodableRecords_fails_andNextResumeIsNotRecovered() throws Exception {
        log.append(DAMAGED, 100);
        log.damage(DAMAGED, 10, 20);
        follow(5); // so that the damage is only in Kafka
        DemandReader replaying = read(DAMAGED, 4L);
        await().until(() -> replaying.error != null);

        assertThat(offsets(replaying)).isEqualTo(range(5, 10));
        assertThat(read(DAMAGED, 9L).json(0)).contains("\"recovered\":false");
        DemandReader after = read(DAMAGED, 19L);
        await().until(() -> after.lastOffset() == 99);
        assertThat(offsets(after)).isEqualTo(range(20, 100));
    }

    @Test
    void replayWithCodecNotLoadable_receivesRecordsBefore() {
        log.append(DAMAGED, 100);
        log.damage(DAMAGED, 13, 20);
        log.throwsErrors = true;
        follow(5);

        DemandReader replaying = read(DAMAGED, 4L);

        await().until(() -> replaying.error != null);
        assertThat(offsets(replaying)).isEqualTo(range(5, 13));
        assertThat(read(DAMAGED, 9L).json(0)).contains("\"recovered\":false");
    }

    @Test
    void retentionOvertakesReading_onlyThatPartitionRestarts() {
        log.append(DAMAGED, 10);
        log.append(GOOD, 10);
        follow(0);
        DemandReader cut = read(DAMAGED, null);
        DemandReader good = read(GOOD, null);
        log.append(DAMAGED, 90);
        log.deleteBefore(DAMAGED, 50);
        log.append(GOOD, 1);

        poll(10);

        assertThat(cut.error).isInstanceOf(StreamClosedException.class);
        assertThat(good.error).isNull();
        assertThat(offsets(good)).containsExactly(10L);
        assertThat(read(DAMAGED, 20L).json(0)).contains("\"recovered\":false");
        assertThat(offsets(read(DAMAGED, 49L))).isEqualTo(range(50, 100));
    }

    @Test
    void logTruncated_positionsOfLostRecordsAreNotRecovered() {
        log.append(DAMAGED, 10);
        follow(0);
        log.truncate(DAMAGED, 6);

        poll(2);
        log.append(DAMAGED, 10);
        poll(2);

        assertThat(read(DAMAGED, 8L).json(0)).contains("\"recovered\":false");
        assertThat(read(DAMAGED, 12L).json(0)).contains("\"recovered\":true");
    }

    /** The log is truncated before, at and after the offset at which reading begins. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 7, 8})
    void logTruncatedDuringPreload_preloadEndsAtNewEnd(int end) {
        log.append(DAMAGED, 10);
        log.append(GOOD, 10);
        skipped.startLog(log.log.epoch());
        consumer = new TailConsumer(log.log, log::consumer, log::probe, fanout, skipped, Duration.ZERO);
        fanout.prepare(log.log, consumer.seekBeforeEnds(3));
        log.truncate(DAMAGED, end);

        poll(20);

        assertThat(consumer.hasReachedEnds()).isTrue();
    }

    @Test
    void onePartitionUnread_preloadIsNotComplete() {
        log.append(DAMAGED, 10);
        log.append(GOOD, 10);
        consumer = new TailConsumer(log.log, log::consumer, log::probe, fanout, skipped, Duration.ZERO);
        fanout.prepare(log.log, consumer.seekBeforeEnds(3));
        log.leaderless = log.partition(DAMAGED);

        poll(20);

        assertThat(consumer.hasReachedEnds()).isFalse();
    }

    @Test
    void kafkaUnavailable_isNotTakenForUndecodableRecords() {
        log.append(DAMAGED, 10);
        follow(0);
        DemandReader reader = read(DAMAGED, null);
        log.failure = new TimeoutException("away");

        assertThatThrownBy(() -> consumer.poll(Duration.ZERO)).isSameAs(log.failure);

        assertThat(reader.error).isNull();
    }

    /** Suspends a partition whose records 10 to 14 cannot be decoded, as none of the later records can be. */
    private void suspendUndecodable() {
        log.append(DAMAGED, 10);
        follow(0);
        log.damage(DAMAGED, 10, 1_000);
        log.append(DAMAGED, 5);
        poll(1);
        assertThatThrownBy(() -> read(DAMAGED, null)).isInstanceOf(StreamRefusedException.class);
    }

    /** Reads the last records of each partition, then lets readers in. */
    private void follow(int prime) {
        skipped.startLog(log.log.epoch());
        consumer = new TailConsumer(log.log, log::consumer, log::probe, fanout, skipped, Duration.ZERO);
        fanout.prepare(log.log, consumer.seekBeforeEnds(prime));
        while (!consumer.hasReachedEnds()) {
            poll(1);
        }
        fanout.activate();
    }

    private void poll(int times) {
        for (int i = 0; i < times; i++) {
            try {
                fanout.accept(consumer.poll(Duration.ZERO));
            } catch (OffsetOutOfRangeException e) {
                consumer.restart(e);
            }
        }
    }

    private DemandReader read(int partition, Long after) {
        DemandReader reader = DemandReader.unbounded();
        Position position = after == null ? null : new Position(log.log.epoch(), partition, after);
        fanout.follow(FollowRequest.allLikesOf(log.author(partition)), position).attach(reader);
        return reader;
    }

    private static List<Long> offsets(DemandReader reader) {
        return reader.frames().stream()
                .filter(frame -> frame.kind() == Frame.Kind.like)
                .map(frame -> frame.position().offset())
                .toList();
    }

    private static List<Long> range(int from, int next) {
        return IntStream.range(from, next).mapToObj(Long::valueOf).toList();
    }

    private double undecodable() {
        return registry.get("heartline.gateway.undecodable").counter().count();
    }
}
