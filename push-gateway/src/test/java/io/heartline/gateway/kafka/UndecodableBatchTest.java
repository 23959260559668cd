package io.heartline.gateway.kafka;

import static io.heartline.gateway.kafka.TailedLog.offsets;
import static io.heartline.gateway.kafka.TailedLog.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.fanout.DemandReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A batch that cannot be decoded ends only the connections of its partition. */
class UndecodableBatchTest {

    private static final int DAMAGED = 0;
    private static final int GOOD = 1;

    private final FakeDamagedLog log = new FakeDamagedLog();
    private final TailedLog tail = new TailedLog(log);

    @AfterEach
    void stop() throws InterruptedException {
        tail.close();
    }

    @Test
    void undecodableBatch_endsItsPartitionsReadersOnly_andOthersReceiveEachRecordOnce() {
        log.append(DAMAGED, 20);
        log.append(GOOD, 20);
        tail.follow(0);
        DemandReader damaged = tail.read(DAMAGED, null);
        DemandReader good = tail.read(GOOD, null);
        log.damage(DAMAGED, 25, 40);
        log.append(DAMAGED, 60);
        log.append(GOOD, 60);

        tail.poll(20);

        assertThat(offsets(damaged)).isEqualTo(range(20, 25));
        assertThat(damaged.error).isInstanceOfSatisfying(StreamClosedException.class, e -> assertThat(e.reason())
                .isEqualTo(StreamClosedException.Reason.lost));
        assertThat(offsets(good)).isEqualTo(range(20, 80));
        assertThat(good.error).isNull();
        assertThat(tail.undecodable()).isEqualTo(15);
        assertThat(tail.partitionsFollowed()).isEqualTo(2);
    }

    @Test
    void codecNotLoadable_otherPartitionsReceiveEachRecordOnce() {
        log.append(DAMAGED, 20);
        log.append(GOOD, 20);
        tail.follow(0);
        DemandReader damaged = tail.read(DAMAGED, null);
        DemandReader good = tail.read(GOOD, null);
        log.throwsErrors = true;
        log.damage(DAMAGED, 25, 40);
        log.append(DAMAGED, 60);
        log.append(GOOD, 60);

        tail.poll(20);

        assertThat(offsets(damaged)).isEqualTo(range(20, 25));
        assertThat(damaged.error).isInstanceOf(StreamClosedException.class);
        assertThat(offsets(good)).isEqualTo(range(20, 80));
        assertThat(good.error).isNull();
    }

    @Test
    void undecodableBatch_isSkipped_andResumeFromBeforeItIsNotRecovered() {
        log.append(DAMAGED, 30);
        log.damage(DAMAGED, 10, 20);
        tail.follow(100);

        DemandReader before = tail.read(DAMAGED, 8L);
        DemandReader after = tail.read(DAMAGED, 19L);
        log.append(DAMAGED, 5);
        tail.poll(5);

        assertThat(before.received().get(0)).isEqualTo("hello 29");
        assertThat(before.json(0)).contains("\"recovered\":false");
        assertThat(offsets(before)).isEqualTo(range(30, 35));
        assertThat(after.json(0)).contains("\"recovered\":true");
        assertThat(offsets(after)).isEqualTo(range(20, 35));
    }

    @Test
    void logReadAgain_skippedOffsetsAreCountedOnce() {
        log.append(DAMAGED, 30);
        log.damage(DAMAGED, 10, 20);
        tail.follow(100);
        tail.consumer().close();

        tail.follow(100);

        assertThat(tail.undecodable()).isEqualTo(10);
    }

    @Test
    void replayOfUndecodableRecords_fails_andNextResumeIsNotRecovered() throws Exception {
        log.append(DAMAGED, 100);
        log.damage(DAMAGED, 10, 20);
        tail.follow(5); // the damaged records are not in the ring
        DemandReader replaying = tail.read(DAMAGED, 4L);
        await().until(() -> replaying.error != null);

        assertThat(offsets(replaying)).isEqualTo(range(5, 10));
        assertThat(tail.read(DAMAGED, 9L).json(0)).contains("\"recovered\":false");
        DemandReader after = tail.read(DAMAGED, 19L);
        await().until(() -> after.lastOffset() == 99);
        assertThat(offsets(after)).isEqualTo(range(20, 100));
    }

    @Test
    void replayWithCodecNotLoadable_receivesRecordsBefore() {
        log.append(DAMAGED, 100);
        log.damage(DAMAGED, 13, 20);
        log.throwsErrors = true;
        tail.follow(5);

        DemandReader replaying = tail.read(DAMAGED, 4L);

        await().until(() -> replaying.error != null);
        assertThat(offsets(replaying)).isEqualTo(range(5, 13));
        assertThat(tail.read(DAMAGED, 9L).json(0)).contains("\"recovered\":false");
    }
}
