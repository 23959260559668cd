package io.heartline.gateway.kafka;

import static io.heartline.gateway.kafka.TailedLog.offsets;
import static io.heartline.gateway.kafka.TailedLog.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.fanout.DemandReader;
import java.time.Duration;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Offsets out of range, truncation, preload and Kafka's failures. */
class TailConsumerTest {

    private static final int DAMAGED = 0;
    private static final int GOOD = 1;

    private final FakeDamagedLog log = new FakeDamagedLog();
    private final TailedLog tail = new TailedLog(log);

    @AfterEach
    void stop() throws InterruptedException {
        tail.close();
    }

    @Test
    void retentionOvertakesReading_onlyThatPartitionRestarts() {
        log.append(DAMAGED, 10);
        log.append(GOOD, 10);
        tail.follow(0);
        DemandReader cut = tail.read(DAMAGED, null);
        DemandReader good = tail.read(GOOD, null);
        log.append(DAMAGED, 90);
        log.deleteBefore(DAMAGED, 50);
        log.append(GOOD, 1);

        tail.poll(10);

        assertThat(cut.error).isInstanceOf(StreamClosedException.class);
        assertThat(good.error).isNull();
        assertThat(offsets(good)).containsExactly(10L);
        assertThat(tail.read(DAMAGED, 20L).json(0)).contains("\"recovered\":false");
        assertThat(offsets(tail.read(DAMAGED, 49L))).isEqualTo(range(50, 100));
    }

    @Test
    void logTruncated_positionsOfLostRecordsAreNotRecovered() {
        log.append(DAMAGED, 10);
        tail.follow(0);
        log.truncate(DAMAGED, 6);

        tail.poll(2);
        log.append(DAMAGED, 10);
        tail.poll(2);

        assertThat(tail.read(DAMAGED, 8L).json(0)).contains("\"recovered\":false");
        assertThat(tail.read(DAMAGED, 12L).json(0)).contains("\"recovered\":true");
    }

    /** Truncates the log before, at and after the offset at which reading begins. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 7, 8})
    void logTruncatedDuringPreload_preloadEndsAtNewEnd(int end) {
        log.append(DAMAGED, 10);
        log.append(GOOD, 10);
        tail.startPreload(3);
        log.truncate(DAMAGED, end);

        tail.poll(20);

        assertThat(tail.consumer().hasReachedEnds()).isTrue();
    }

    @Test
    void onePartitionUnread_preloadIsNotComplete() {
        log.append(DAMAGED, 10);
        log.append(GOOD, 10);
        tail.startPreload(3);
        log.leaderless = log.partition(DAMAGED);

        tail.poll(20);

        assertThat(tail.consumer().hasReachedEnds()).isFalse();
    }

    @Test
    void kafkaUnavailable_isNotTakenForUndecodableRecords() {
        log.append(DAMAGED, 10);
        tail.follow(0);
        DemandReader reader = tail.read(DAMAGED, null);
        log.failure = new TimeoutException("away");

        assertThatThrownBy(() -> tail.consumer().poll(Duration.ZERO)).isSameAs(log.failure);

        assertThat(reader.error).isNull();
    }
}
