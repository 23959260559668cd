package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class PartitionTest {

    private static final int RING = 8;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private final Partition partition = new Partition("k3f9", 3, 100, RING, metrics);

    @Test
    void aReader_isGreetedWithThePresentPosition_andToldOfWhatFollows() {
        read(List.of(like("alice", 100)));
        Reader reader = Reader.unbounded();
        partition.follow("alice", reader);
        read(List.of(like("alice", 101), like("carol", 102), like("alice", 103)));

        assertThat(reader.json(0)).isEqualTo("{\"kind\":\"hello\",\"position\":\"k3f9-3-100\",\"recovered\":false}");
        assertThat(reader.positions()).containsExactly("k3f9-3-100", "k3f9-3-101", "k3f9-3-103");
    }

    @Test
    void beforeTheFirstRecord_helloSaysStart() {
        Partition empty = new Partition("k3f9", 0, 0, RING, metrics);
        Reader reader = Reader.unbounded();

        empty.follow("alice", reader);

        assertThat(reader.positions()).containsExactly("k3f9-0-start");
    }

    @Test
    void everyReaderOfAnAuthor_getsTheSameFrame() {
        Reader one = Reader.unbounded();
        Reader two = Reader.unbounded();
        partition.follow("alice", one);
        partition.follow("alice", two);

        read(List.of(like("alice", 100)));

        assertThat(one.frames().get(1)).as("encoded once").isSameAs(two.frames().get(1));
    }

    @Test
    void theBooksBalance_whateverIsUnderTheKeys() {
        Reader reader = Reader.unbounded();
        partition.follow("alice", reader);

        read(List.of(
                like("alice", 100),
                like("carol", 101),
                record("alice", 102, "someone else's bytes"),
                record("alice", 103, "{\"type\":\"viewed\"}"),
                record("carol", 104, "nobody parses this"),
                record(null, 105, "no key"),
                like("alice", 106)));

        assertThat(reader.positions()).containsExactly("k3f9-3-99", "k3f9-3-100", "k3f9-3-106");
        assertThat(records("followed")).isEqualTo(2);
        assertThat(records("unreadable")).isEqualTo(2);
        assertThat(records("unfollowed")).isEqualTo(3);
    }

    @Test
    void aSecondReaderWhoLeaves_doesNotTakeTheFirstAlong() {
        Reader stays = Reader.unbounded();
        Reader leaves = Reader.unbounded();
        partition.follow("alice", stays);
        partition.follow("alice", leaves);
        assertThat(connections()).isEqualTo(2);

        leaves.cancel();
        leaves.cancel();
        read(List.of(like("alice", 100)));

        assertThat(stays.frames()).hasSize(2);
        assertThat(leaves.frames()).hasSize(1);
        assertThat(connections()).isEqualTo(1);
    }

    @Test
    void anAuthorWhomNobodyFollowsAnyMore_isNotParsed() {
        Reader reader = Reader.unbounded();
        partition.follow("alice", reader);
        reader.cancel();

        read(List.of(record("alice", 100, "not json")));

        assertThat(records("unreadable")).isZero();
        assertThat(records("unfollowed")).isEqualTo(1);
    }

    @Test
    void aReader_getsNoMoreThanItAskedFor_andTheRestLater() {
        Reader reader = new Reader(2);
        partition.follow("alice", reader);
        read(List.of(like("alice", 100), like("alice", 101), like("alice", 102)));
        assertThat(reader.positions()).containsExactly("k3f9-3-99", "k3f9-3-100");

        reader.request(10);

        assertThat(reader.positions()).containsExactly("k3f9-3-99", "k3f9-3-100", "k3f9-3-101", "k3f9-3-102");
    }

    @Test
    void aReaderWhoFallsBehindTheRing_isEndedRatherThanGivenAGap_andTheOthersGoOn() {
        Reader slow = new Reader(1);
        Reader healthy = Reader.unbounded();
        partition.follow("alice", slow);
        partition.follow("alice", healthy);

        IntStream.range(100, 100 + 2 * RING).forEach(offset -> read(List.of(like("alice", offset))));
        slow.request(100);

        assertThat(slow.frames()).hasSize(1);
        assertThat(slow.error).isInstanceOf(BrokenStreamException.class);
        assertThat(healthy.frames()).hasSize(1 + 2 * RING);
        assertThat(connections()).isEqualTo(1);
    }

    @Test
    void whenTheLogIsLost_everyReaderIsTold() {
        Reader reader = Reader.unbounded();
        partition.follow("alice", reader);

        partition.fail(BrokenStreamException.logLost());

        assertThat(reader.error).isInstanceOf(BrokenStreamException.class);
        assertThat(connections()).isZero();
    }

    @Test
    void readersWhoAskOneByOneWhileTheLogMoves_missNothing() throws Exception {
        Partition large = new Partition("k3f9", 3, 0, 1 << 16, metrics);
        Reader reader = new Reader(1);
        large.follow("alice", reader);
        int count = 20_000;
        Thread asking = new Thread(() -> {
            for (int i = 0; i < count; i++) {
                reader.request(1);
            }
        });

        asking.start();
        for (int offset = 0; offset < count; offset++) {
            large.accept(List.of(like("alice", offset)), offset + 1);
        }
        asking.join();

        List<String> expected = LongStream.range(0, count)
                .mapToObj(offset -> "k3f9-3-" + offset)
                .toList();
        assertThat(reader.positions()).hasSize(count + 1);
        assertThat(reader.positions().subList(1, count + 1)).isEqualTo(expected);
    }

    private void read(List<ConsumerRecord<byte[], byte[]>> records) {
        partition.accept(records, records.get(records.size() - 1).offset() + 1);
    }

    private double records(String outcome) {
        return registry.get("heartline.gateway.records")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private double connections() {
        return registry.get("heartline.gateway.connections").gauge().value();
    }

    private static ConsumerRecord<byte[], byte[]> like(String author, long offset) {
        Liked event = new Liked("e-" + offset, "p-1", author, "bob", Instant.EPOCH);
        return record(author, offset, new String(LikeEventJson.encode(event), StandardCharsets.UTF_8));
    }

    private static ConsumerRecord<byte[], byte[]> record(String key, long offset, String value) {
        return new ConsumerRecord<>(
                "likes",
                3,
                offset,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
    }
}
