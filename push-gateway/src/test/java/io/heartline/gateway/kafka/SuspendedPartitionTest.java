package io.heartline.gateway.kafka;

import static io.heartline.gateway.kafka.TailedLog.offsets;
import static io.heartline.gateway.kafka.TailedLog.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.fanout.DemandReader;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A partition without decodable records is suspended until it can be read again. */
class SuspendedPartitionTest {

    private static final int DAMAGED = 0;
    private static final int GOOD = 1;

    private final FakeDamagedLog log = new FakeDamagedLog();
    private final TailedLog tail = new TailedLog(log);

    @AfterEach
    void stop() throws InterruptedException {
        tail.close();
    }

    @Test
    void noLaterRecordDecodable_partitionIsSuspended_andOthersContinue() {
        log.append(DAMAGED, 10);
        tail.follow(0);
        log.damage(DAMAGED, 10, 1_000);
        DemandReader good = tail.read(GOOD, null);

        for (int i = 0; i < 10; i++) {
            log.append(DAMAGED, 1);
            log.append(GOOD, 1);
            tail.poll(1);
        }

        log.append(DAMAGED, 1);
        tail.poll(1);
        assertThatThrownBy(() -> tail.read(DAMAGED, null)).isInstanceOf(StreamRefusedException.class);
        assertThat(offsets(good)).isEqualTo(range(0, 10));
        assertThat(tail.partitionsFollowed()).isEqualTo(1);
        assertThat(tail.undecodable()).isZero();
        assertThat(tail.consumer().lag()).isPositive();
    }

    @Test
    void decodableRecordArrives_suspendedPartitionResumesThere() {
        log.append(DAMAGED, 10);
        tail.follow(0);
        log.damage(DAMAGED, 10, 15);
        log.append(DAMAGED, 5);
        tail.poll(1);
        assertThatThrownBy(() -> tail.read(DAMAGED, null)).isInstanceOf(StreamRefusedException.class);
        log.append(DAMAGED, 3);

        tail.poll(3);

        DemandReader reader = tail.read(DAMAGED, 14L);
        assertThat(offsets(reader)).isEqualTo(range(15, 18));
        assertThat(tail.undecodable()).isEqualTo(5);
    }

    @Test
    void noFurtherRecord_suspendedPartitionResumesAtEnd() {
        log.append(DAMAGED, 10);
        tail.follow(0);
        log.damage(DAMAGED, 10, 15);
        log.append(DAMAGED, 5);

        tail.poll(3);

        DemandReader reader = tail.read(DAMAGED, null);
        log.append(DAMAGED, 1);
        tail.poll(1);
        assertThat(offsets(reader)).containsExactly(15L);
        assertThat(tail.undecodable()).isEqualTo(5);
    }

    @Test
    void recordsDecodableAgain_nothingIsSkipped() {
        log.append(DAMAGED, 10);
        tail.follow(0);
        log.damage(DAMAGED, 10, 1_000);
        log.append(DAMAGED, 5);
        tail.poll(1);
        log.append(DAMAGED, 5);

        log.repair(DAMAGED);
        tail.poll(5);

        DemandReader reader = tail.read(DAMAGED, 7L);
        await().until(() -> reader.lastOffset() == 19);
        assertThat(offsets(reader)).isEqualTo(range(8, 20));
        assertThat(tail.undecodable()).isZero();
    }

    @Test
    void allPartitionsSuspended_readingResumesOnceDecodable() {
        tail.follow(0);
        log.damage(DAMAGED, 0, 1_000);
        log.damage(GOOD, 0, 1_000);
        log.append(DAMAGED, 5);
        log.append(GOOD, 5);
        tail.consumer().poll(Duration.ZERO);
        assertThat(tail.consumer().isSuspended()).isTrue();

        log.repair(DAMAGED);
        log.repair(GOOD);
        tail.poll(5);

        assertThat(tail.consumer().isSuspended()).isFalse();
        assertThat(offsets(tail.read(GOOD, -1L))).isEqualTo(range(0, 5));
        assertThat(offsets(tail.read(DAMAGED, -1L))).isEqualTo(range(0, 5));
    }

    @Test
    void suspendedPartitionPartlyDeleted_othersReceiveTheirRecords() {
        suspendUndecodable();
        DemandReader good = tail.read(GOOD, null);
        log.append(DAMAGED, 5);
        log.append(GOOD, 5);
        log.deleteBefore(DAMAGED, 12);

        tail.poll(20);

        assertThat(offsets(good)).isEqualTo(range(0, 5));
        assertThat(good.error).isNull();
    }

    @Test
    void suspendedPartitionPartlyDeleted_deletedOffsetsAreCountedOnce() {
        suspendUndecodable();
        log.append(DAMAGED, 5);
        log.deleteBefore(DAMAGED, 12);
        tail.poll(1);

        log.repair(DAMAGED);
        tail.poll(5);

        assertThat(tail.undecodable()).isEqualTo(2);
        assertThat(tail.read(DAMAGED, 10L).json(0)).contains("\"recovered\":false");
        assertThat(offsets(tail.read(DAMAGED, 11L))).isEqualTo(range(12, 20));
    }

    @Test
    void suspendedPartitionFullyDeleted_resumesAtEnd() {
        suspendUndecodable();
        log.deleteBefore(DAMAGED, 15);

        tail.poll(5);

        DemandReader reader = tail.read(DAMAGED, null);
        log.repair(DAMAGED);
        log.append(DAMAGED, 1);
        tail.poll(1);
        assertThat(offsets(reader)).containsExactly(15L);
        assertThat(tail.undecodable()).isEqualTo(5);
    }

    @Test
    void suspendedPartitionTruncated_resumesAtEnd_andLostPositionsAreNotRecovered() {
        suspendUndecodable();
        log.truncate(DAMAGED, 10);
        log.repair(DAMAGED);

        tail.poll(5);
        log.append(DAMAGED, 10);
        tail.poll(5);

        assertThat(tail.read(DAMAGED, 12L).json(0)).contains("\"recovered\":false");
        assertThat(offsets(tail.read(DAMAGED, 15L))).isEqualTo(range(16, 20));
        assertThat(tail.undecodable()).isZero();
    }

    @Test
    void suspendedPartitionRestarted_isNotRetried() {
        suspendUndecodable();
        log.deleteBefore(DAMAGED, 15);
        tail.consumer().restart(new OffsetOutOfRangeException(Map.of(log.partition(DAMAGED), 10L)));
        DemandReader reader = tail.read(DAMAGED, null);
        log.repair(DAMAGED);
        log.append(DAMAGED, 2);

        tail.poll(5);

        assertThat(offsets(reader)).isEqualTo(range(15, 17));
        assertThat(tail.consumer().lag()).isZero();
    }

    @Test
    void suspendedPartitionInRangeAgain_staysSuspendedOnRestart() {
        suspendUndecodable();

        tail.consumer().restart(new OffsetOutOfRangeException(Map.of(log.partition(DAMAGED), 12L)));

        assertThatThrownBy(() -> tail.read(DAMAGED, null)).isInstanceOf(StreamRefusedException.class);
    }

    @Test
    void suspendedPartitionWithoutLeader_isNotRetriedInEachPoll_andOthersContinue() {
        suspendUndecodable();
        DemandReader good = tail.read(GOOD, null);
        log.leaderless = log.partition(DAMAGED);
        log.append(GOOD, 5);

        tail.poll(20);

        assertThat(offsets(good)).isEqualTo(range(0, 5));
        assertThat(log.timeouts).hasValue(1);
        assertThat(log.longestTimeout).isLessThanOrEqualTo(Duration.ofSeconds(5));
    }

    /** Suspends a partition: its offsets 10 to 14 cannot be decoded, and neither can later ones. */
    private void suspendUndecodable() {
        log.append(DAMAGED, 10);
        tail.follow(0);
        log.damage(DAMAGED, 10, 1_000);
        log.append(DAMAGED, 5);
        tail.poll(1);
        assertThatThrownBy(() -> tail.read(DAMAGED, null)).isInstanceOf(StreamRefusedException.class);
    }
}
