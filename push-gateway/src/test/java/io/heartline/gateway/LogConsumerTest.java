package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
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
class LogConsumerTest {

    private static final int DAMAGED = 0;
    private static final int GOOD = 1;

    private final DamagedLog log = new DamagedLog();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private final SkippedOffsets skipped = new SkippedOffsets(metrics);
    private final LogReader replays = new LogReader(
            "likes",
            new LogReader.Limits(1, 10, 0, 100, 1_000, 64_000, 64_000, Duration.ofSeconds(5)),
            log::consumer,
            log::probe);
    private final Fanout fanout = new Fanout(
            new Fanout.Limits(1_000_000, 100, 1_000, 1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(30)),
            replays,
            System::nanoTime,
            System::currentTimeMillis,
            metrics,
            new Traces(Tracer.NOOP, Propagator.NOOP));
    private LogConsumer consumer;

    @AfterEach
    void stop() throws InterruptedException {
        consumer.close();
        replays.stop();
    }

    @Test
    void undecodableBatch_onlyItsPartitionsReadersAreSentAway_andOthersReceiveEachRecordOnce() {
        log.append(DAMAGED, 20);
        log.append(GOOD, 20);
        follow(0);
        Reader damaged = read(DAMAGED, null);
        Reader good = read(GOOD, null);
        log.damage(DAMAGED, 25, 40);
        log.append(DAMAGED, 60);
        log.append(GOOD, 60);

        poll(20);

        assertThat(offsets(damaged)).isEqualTo(range(20, 25));
        assertThat(damaged.error).isInstanceOfSatisfying(BrokenStreamException.class, e -> assertThat(e.reason())
                .isEqualTo(BrokenStreamException.Reason.lost));
        assertThat(offsets(good)).isEqualTo(range(20, 80));
        assertThat(good.error).isNull();
        assertThat(undecodable()).isEqualTo(15);
        assertThat(registry.get("heartline.gateway.partitions").gauge().value()).isEqualTo(2);
    }

    @Test
    void aCodecThatIsNotLoaded_throwsAnError_andOthersStillReceiveEachRecordOnce() {
        log.append(DAMAGED, 20);
        log.append(GOOD, 20);
        follow(0);
        Reader damaged = read(DAMAGED, null);
        Reader good = read(GOOD, null);
        log.throwsErrors = true;
        log.damage(DAMAGED, 25, 40);
        log.append(DAMAGED, 60);
        log.append(GOOD, 60);

        poll(20);

        assertThat(offsets(damaged)).isEqualTo(range(20, 25));
        assertThat(damaged.error).isInstanceOf(BrokenStreamException.class);
        assertThat(offsets(good)).isEqualTo(range(20, 80));
        assertThat(good.error).isNull();
    }

    @Test
    void undecodableBatch_itsPartitionGoesOnAfterIt_andAResumeFromBeforeItIsNotRecovered() {
        log.append(DAMAGED, 30);
        log.damage(DAMAGED, 10, 20);
        follow(100);

        Reader before = read(DAMAGED, 8L);
        Reader after = read(DAMAGED, 19L);
        log.append(DAMAGED, 5);
        poll(5);

        assertThat(before.told().get(0)).isEqualTo("hello 29");
        assertThat(before.json(0)).contains("\"recovered\":false");
        assertThat(offsets(before)).isEqualTo(range(30, 35));
        assertThat(after.json(0)).contains("\"recovered\":true");
        assertThat(offsets(after)).isEqualTo(range(20, 35));
    }

    @Test
    void nothingLaterIsDecodable_thePartitionIsSuspendedWhileSuchRecordsArrive_andOthersGoOn() {
        log.append(DAMAGED, 10);
        follow(0);
        log.damage(DAMAGED, 10, 1_000);
        Reader good = read(GOOD, null);

        for (int i = 0; i < 10; i++) {
            log.append(DAMAGED, 1);
            log.append(GOOD, 1);
            poll(1);
        }

        log.append(DAMAGED, 1);
        poll(1);
        assertThatThrownBy(() -> read(DAMAGED, null)).isInstanceOf(RefusedException.class);
        assertThat(offsets(good)).isEqualTo(range(0, 10));
        assertThat(registry.get("heartline.gateway.partitions").gauge().value()).isEqualTo(1);
        assertThat(undecodable()).isZero();
        assertThat(consumer.lag()).isPositive();
    }

    @Test
    void aDecodableRecordArrives_theSuspendedPartitionGoesOnThere() {
        log.append(DAMAGED, 10);
        follow(0);
        log.damage(DAMAGED, 10, 15);
        log.append(DAMAGED, 5);
        poll(1);
        assertThatThrownBy(() -> read(DAMAGED, null)).isInstanceOf(RefusedException.class);
        log.append(DAMAGED, 3);

        poll(3);

        Reader reader = read(DAMAGED, 14L);
        assertThat(offsets(reader)).isEqualTo(range(15, 18));
        assertThat(undecodable()).isEqualTo(5);
    }

    @Test
    void noFurtherRecordArrives_readersMayWaitForTheNextOne() {
        log.append(DAMAGED, 10);
        follow(0);
        log.damage(DAMAGED, 10, 15);
        log.append(DAMAGED, 5);

        poll(3);

        Reader reader = read(DAMAGED, null);
        log.append(DAMAGED, 1);
        poll(1);
        assertThat(offsets(reader)).containsExactly(15L);
        assertThat(undecodable()).isEqualTo(5);
    }

    @Test
    void recordsCanBeDecodedAgain_nothingIsSkipped() {
        log.append(DAMAGED, 10);
        follow(0);
        log.damage(DAMAGED, 10, 1_000);
        log.append(DAMAGED, 5);
        poll(1);
        log.append(DAMAGED, 5);

        log.repair(DAMAGED);
        poll(5);

        Reader reader = read(DAMAGED, 7L);
        await().until(() -> reader.at() == 19);
        assertThat(offsets(reader)).isEqualTo(range(8, 20));
        assertThat(undecodable()).isZero();
    }

    @Test
    void allPartitionsAreSuspended_readingGoesOnWhenTheyCanBeRead() {
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
    void retentionDeletesTheStartOfASuspendedPartition_othersReceiveTheirRecords() {
        suspendDamaged();
        Reader good = read(GOOD, null);
        log.append(DAMAGED, 5);
        log.append(GOOD, 5);
        log.deleteBefore(DAMAGED, 12);

        poll(20);

        assertThat(offsets(good)).isEqualTo(range(0, 5));
        assertThat(good.error).isNull();
    }

    @Test
    void retentionDeletesTheStartOfASuspendedPartition_theDeletedOffsetsAreSkippedOnce() {
        suspendDamaged();
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
    void retentionDeletesAllOfASuspendedPartition_itGoesOnAtTheEnd() {
        suspendDamaged();
        log.deleteBefore(DAMAGED, 15);

        poll(5);

        Reader reader = read(DAMAGED, null);
        log.repair(DAMAGED);
        log.append(DAMAGED, 1);
        poll(1);
        assertThat(offsets(reader)).containsExactly(15L);
        assertThat(undecodable()).isEqualTo(5);
    }

    @Test
    void aSuspendedPartitionIsCutOff_itGoesOnAtTheEnd_andLostPositionsAreNotRecovered() {
        suspendDamaged();
        log.cutOff(DAMAGED, 10);
        log.repair(DAMAGED);

        poll(5);
        log.append(DAMAGED, 10);
        poll(5);

        assertThat(read(DAMAGED, 12L).json(0)).contains("\"recovered\":false");
        assertThat(offsets(read(DAMAGED, 15L))).isEqualTo(range(16, 20));
        assertThat(undecodable()).isZero();
    }

    @Test
    void aSuspendedPartitionIsRestarted_itIsNotRetriedAgain() {
        suspendDamaged();
        log.deleteBefore(DAMAGED, 15);
        consumer.restart(new OffsetOutOfRangeException(Map.of(log.partition(DAMAGED), 10L)));
        Reader reader = read(DAMAGED, null);
        log.repair(DAMAGED);
        log.append(DAMAGED, 2);

        poll(5);

        assertThat(offsets(reader)).isEqualTo(range(15, 17));
        assertThat(consumer.lag()).isZero();
    }

    @Test
    void anOffsetOfASuspendedPartitionIsInRangeAgain_restartLeavesItSuspended() {
        suspendDamaged();

        consumer.restart(new OffsetOutOfRangeException(Map.of(log.partition(DAMAGED), 12L)));

        assertThatThrownBy(() -> read(DAMAGED, null)).isInstanceOf(RefusedException.class);
    }

    @Test
    void aSuspendedPartitionHasNoLeader_othersReceiveTheirRecords_andItIsNotRetriedInEachPoll() {
        suspendDamaged();
        Reader good = read(GOOD, null);
        log.leaderless = log.partition(DAMAGED);
        log.append(GOOD, 5);

        poll(20);

        assertThat(offsets(good)).isEqualTo(range(0, 5));
        assertThat(log.timeouts).hasValue(1);
        assertThat(log.longestTimeout).isLessThanOrEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void theLogIsReadAgain_skippedOffsetsAreCountedOnce() {
        log.append(DAMAGED, 30);
        log.damage(DAMAGED, 10, 20);
        follow(100);
        consumer.close();

        follow(100);

        assertThat(undecodable()).isEqualTo(10);
    }

    @Test
    void aReplayThatMeetsDamage_breaks_andTheNextOneIsNotRecovered() throws Exception {
        log.append(DAMAGED, 100);
        log.damage(DAMAGED, 10, 20);
        follow(5); // so that the damage is only in Kafka
        Reader replaying = read(DAMAGED, 4L);
        await().until(() -> replaying.error != null);

        assertThat(offsets(replaying)).isEqualTo(range(5, 10));
        assertThat(read(DAMAGED, 9L).json(0)).contains("\"recovered\":false");
        Reader after = read(DAMAGED, 19L);
        await().until(() -> after.at() == 99);
        assertThat(offsets(after)).isEqualTo(range(20, 100));
    }

    @Test
    void aReplayThatMeetsACodecThatIsNotLoaded_receivesWhatIsBeforeIt() {
        log.append(DAMAGED, 100);
        log.damage(DAMAGED, 13, 20);
        log.throwsErrors = true;
        follow(5);

        Reader replaying = read(DAMAGED, 4L);

        await().until(() -> replaying.error != null);
        assertThat(offsets(replaying)).isEqualTo(range(5, 13));
        assertThat(read(DAMAGED, 9L).json(0)).contains("\"recovered\":false");
    }

    @Test
    void retentionOvertakesTheReading_onlyThatPartitionStartsAnew() {
        log.append(DAMAGED, 10);
        log.append(GOOD, 10);
        follow(0);
        Reader cut = read(DAMAGED, null);
        Reader good = read(GOOD, null);
        log.append(DAMAGED, 90);
        log.deleteBefore(DAMAGED, 50);
        log.append(GOOD, 1);

        poll(10);

        assertThat(cut.error).isInstanceOf(BrokenStreamException.class);
        assertThat(good.error).isNull();
        assertThat(offsets(good)).containsExactly(10L);
        assertThat(read(DAMAGED, 20L).json(0)).contains("\"recovered\":false");
        assertThat(offsets(read(DAMAGED, 49L))).isEqualTo(range(50, 100));
    }

    @Test
    void theLogIsCutOff_positionsThatMayBeOfLostRecordsAreNotRecovered() {
        log.append(DAMAGED, 10);
        follow(0);
        log.cutOff(DAMAGED, 6);

        poll(2);
        log.append(DAMAGED, 10);
        poll(2);

        assertThat(read(DAMAGED, 8L).json(0)).contains("\"recovered\":false");
        assertThat(read(DAMAGED, 12L).json(0)).contains("\"recovered\":true");
    }

    /** The log is truncated before, at and after the offset at which reading begins. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 7, 8})
    void theLogIsCutOffDuringPriming_primingEndsAtTheNewEnd(int end) {
        log.append(DAMAGED, 10);
        log.append(GOOD, 10);
        skipped.of(log.log.epoch());
        consumer = new LogConsumer(log.log, log::consumer, log::probe, fanout, skipped, Duration.ZERO);
        fanout.prepare(log.log, consumer.seekBeforeEnds(3));
        log.cutOff(DAMAGED, end);

        poll(20);

        assertThat(consumer.isAtEnds()).isTrue();
    }

    @Test
    void recordsOfASinglePartitionAreUnread_primingHasNotEnded() {
        log.append(DAMAGED, 10);
        log.append(GOOD, 10);
        consumer = new LogConsumer(log.log, log::consumer, log::probe, fanout, skipped, Duration.ZERO);
        fanout.prepare(log.log, consumer.seekBeforeEnds(3));
        log.leaderless = log.partition(DAMAGED);

        poll(20);

        assertThat(consumer.isAtEnds()).isFalse();
    }

    @Test
    void kafkaIsAway_isNotTakenForDamage() {
        log.append(DAMAGED, 10);
        follow(0);
        Reader reader = read(DAMAGED, null);
        log.failure = new TimeoutException("away");

        assertThatThrownBy(() -> consumer.poll(Duration.ZERO)).isSameAs(log.failure);

        assertThat(reader.error).isNull();
    }

    /** Suspends a partition whose records 10 to 14 cannot be decoded, as none of the later records can be. */
    private void suspendDamaged() {
        log.append(DAMAGED, 10);
        follow(0);
        log.damage(DAMAGED, 10, 1_000);
        log.append(DAMAGED, 5);
        poll(1);
        assertThatThrownBy(() -> read(DAMAGED, null)).isInstanceOf(RefusedException.class);
    }

    /** Reads the last records of each partition, then lets readers in. */
    private void follow(int prime) {
        skipped.of(log.log.epoch());
        consumer = new LogConsumer(log.log, log::consumer, log::probe, fanout, skipped, Duration.ZERO);
        fanout.prepare(log.log, consumer.seekBeforeEnds(prime));
        while (!consumer.isAtEnds()) {
            poll(1);
        }
        fanout.open();
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

    private Reader read(int partition, Long after) {
        Reader reader = Reader.unbounded();
        Position position = after == null ? null : new Position(log.log.epoch(), partition, after);
        fanout.follow(Following.everythingOf(log.author(partition)), position).subscribe(reader);
        return reader;
    }

    private static List<Long> offsets(Reader reader) {
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
