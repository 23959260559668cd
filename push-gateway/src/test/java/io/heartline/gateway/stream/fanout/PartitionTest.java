package io.heartline.gateway.stream.fanout;

import static io.heartline.gateway.stream.fanout.FakePartitionLog.EPOCH;
import static io.heartline.gateway.stream.fanout.FakePartitionLog.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.StreamClosedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionTest {

    private static final FollowRequest ALICE = FollowRequest.allLikesOf("alice");

    private final FakePartitionLog log = new FakePartitionLog(1 << 20, 8);

    @Test
    void newReader_receivesHelloWithCurrentPosition_thenLaterLikes() {
        log.like("alice");
        DemandReader reader = log.follow(ALICE);
        log.like("alice");
        log.like("carol");
        log.like("alice");

        assertThat(reader.json(0))
                .isEqualTo("{\"kind\":\"hello\",\"position\":\"k3f9-3-0\",\"recovered\":false,\"heartbeat\":20}");
        assertThat(reader.received()).containsExactly("hello 0", "like 1", "like 3");
    }

    @Test
    void beforeFirstRecord_helloPositionIsStart() {
        assertThat(log.follow(ALICE).json(0)).contains("\"position\":\"k3f9-3-start\"");
    }

    @Test
    void readersOfOneAuthor_shareTheFrame() {
        DemandReader one = log.follow(ALICE);
        DemandReader two = log.follow(ALICE);

        log.like("alice");

        assertThat(one.frames().get(1)).as("encoded once").isSameAs(two.frames().get(1));
    }

    @Test
    void records_areCountedByOutcome() {
        DemandReader reader = log.follow(ALICE);

        log.like("alice");
        log.like("carol");
        log.append("alice", "not JSON");
        log.append("alice", "{\"type\":\"viewed\"}");
        log.append("carol", "not followed, so not parsed");
        log.append(null, "no key");
        log.like("alice");

        assertThat(reader.received()).containsExactly("hello -1", "like 0", "like 6");
        assertThat(log.count("records", "followed")).isEqualTo(2);
        assertThat(log.count("records", "unreadable")).isEqualTo(2);
        assertThat(log.count("records", "unfollowed")).isEqualTo(3);
    }

    @Test
    void closingOneReader_keepsTheOther() {
        DemandReader stays = log.follow(ALICE);
        DemandReader leaves = log.follow(ALICE);
        assertThat(log.connections()).isEqualTo(2);

        leaves.cancel();
        leaves.cancel();
        log.like("alice");

        assertThat(stays.received()).containsExactly("hello -1", "like 0");
        assertThat(leaves.received()).containsExactly("hello -1");
        assertThat(log.connections()).isEqualTo(1);
    }

    @Test
    void reader_receivesAtMostItsDemand() {
        DemandReader reader = log.follow(ALICE, 2);
        IntStream.range(0, 5).forEach(i -> log.like("alice"));
        assertThat(reader.received()).containsExactly("hello -1", "like 0");

        reader.request(10);

        assertThat(reader.received()).containsExactly("hello -1", "like 0", "like 1", "like 2", "like 3", "like 4");
    }

    @Test
    void resumedReader_receivesMissedLikesFromRing_thenLive() {
        IntStream.range(0, 5).forEach(i -> log.like(i == 2 ? "carol" : "alice"));

        DemandReader reader = log.resume(ALICE, 0);
        log.like("alice");

        assertThat(reader.json(0))
                .isEqualTo("{\"kind\":\"hello\",\"position\":\"k3f9-3-0\",\"recovered\":true,\"heartbeat\":20}");
        assertThat(reader.received()).containsExactly("hello 0", "like 1", "like 3", "like 4", "like 5");
        assertThat(log.count("replayed")).isEqualTo(3);
        assertThat(log.pagesRead).isZero();
    }

    @Test
    void evictedRecords_areReplayedFromLog_onDemand() {
        FakePartitionLog small = new FakePartitionLog(2_000, 8);
        IntStream.range(0, 50).forEach(i -> small.like(i % 2 == 0 ? "alice" : "carol"));
        DemandReader reader = new DemandReader(4);

        small.resume(ALICE, new Position(EPOCH, PARTITION, -1), reader);
        assertThat(reader.received()).containsExactly("hello -1", "like 0", "like 2", "like 4");
        assertThat(small.pagesRead).isEqualTo(1);
        reader.request(100);
        small.like("alice");

        List<String> expected = new ArrayList<>(List.of("hello -1"));
        IntStream.range(0, 25).forEach(i -> expected.add("like " + 2 * i));
        expected.add("position 49");
        expected.add("like 50");
        assertThat(reader.received()).isEqualTo(expected);
    }

    @Test
    void readerAheadOfThisInstance_receivesNoDuplicate() {
        log.like("alice");

        DemandReader reader = log.resume(ALICE, 2); // another instance has already sent offsets up to 2
        log.like("alice");
        log.like("alice");
        log.like("alice");

        assertThat(reader.received()).containsExactly("hello 2", "like 3");
        reader.cancel();
        assertThat(log.count("matched")).isEqualTo(1);
    }

    @Test
    void replay_reachesRing_evenIfRecordsArriveDuringEachPage() {
        FakePartitionLog busy = new FakePartitionLog(2_000, 8);
        busy.like("alice");
        IntStream.range(0, 1_000).forEach(i -> busy.like("carol"));
        busy.beforePageDelivered = () -> IntStream.range(0, 3).forEach(i -> busy.like("carol"));

        DemandReader reader = busy.resume(ALICE, 0);
        busy.beforePageDelivered = () -> {};
        busy.like("alice");

        assertThat(busy.pagesRead).isLessThan(3);
        assertThat(reader.received()).startsWith("hello 0").endsWith("like " + (busy.records.size() - 1));
    }

    @Test
    void subscriberAfterPartitionFailure_isClosed() {
        log.partition.fail(StreamClosedException.logLost());

        DemandReader late = log.follow(ALICE);

        assertThat(late.error).isInstanceOf(StreamClosedException.class);
        assertThat(late.received()).isEmpty();
        assertThat(log.connections()).isZero();
    }

    @Test
    void misplacedRecord_isCounted_andNotSent() {
        String author = FakePartitionLog.OTHER_PARTITION_PREFIX + "-1";
        DemandReader reader = log.follow(FollowRequest.allLikesOf(author));

        log.like(author);

        assertThat(reader.received()).containsExactly("hello -1");
        assertThat(log.count("misplaced")).isEqualTo(1);
        assertThat(log.count("records", "unfollowed")).isEqualTo(1);
    }

    @Test
    void valueOver64KiB_isUnreadable_evenIfItIsAnEvent() {
        DemandReader reader = log.follow(ALICE);
        String like = new String(LikeEventJson.encode(new Liked("e", "p-1", "alice", "bob", Instant.EPOCH)));
        log.append("alice", like.replace("{", "{\"padding\":\"" + "x".repeat(64 * 1024) + "\","));
        log.append("alice", like.replace("{", "{\"padding\":\"" + "x".repeat(60 * 1024) + "\","));

        assertThat(reader.received()).containsExactly("hello -1", "like 1");
        assertThat(log.count("records", "unreadable")).isEqualTo(1);
    }

    @Test
    void readerOfSomePosts_receivesThoseOnly() {
        DemandReader reader =
                log.follow(new FollowRequest("alice", Set.of("p-2", "p-3"), Duration.ZERO, Caller.named("alice")));

        IntStream.range(0, 5).forEach(i -> log.like("alice", "p-" + i));

        assertThat(reader.received()).containsExactly("hello -1", "like 2", "like 3");
    }

    @Test
    void logLost_everyReaderReceivesPosition_thenClose() {
        DemandReader reader = log.follow(ALICE);
        log.like("carol");

        log.partition.fail(StreamClosedException.logLost());

        assertThat(reader.received()).containsExactly("hello -1", "position 0");
        assertThat(reader.error).isInstanceOf(StreamClosedException.class);
        assertThat(log.connections()).isZero();
    }

    @Test
    void concurrentReaders_whileRingEvicts_missNothing() throws Exception {
        FakePartitionLog racing = new FakePartitionLog(20_000, 1_000_000);
        racing.like("alice");
        int count = 5_000;
        DemandReader one = new DemandReader(1);
        DemandReader all = DemandReader.unbounded();
        racing.follow(ALICE, all);
        racing.follow(ALICE, one);
        Thread asking = new Thread(() -> {
            while (one.lastOffset() < count) {
                one.request(1);
            }
        });

        asking.start();
        for (int i = 0; i < count; i++) {
            racing.like("alice");
        }
        asking.join();

        assertThat(all.frames()).hasSize(1 + count);
        long received = 0;
        long at = 0;
        for (Frame frame : one.frames()) {
            assertThat(frame.position().offset()).isGreaterThanOrEqualTo(at);
            received += frame.kind() == Frame.Kind.hello ? 0 : frame.position().offset() - at;
            at = frame.position().offset();
        }
        assertThat(received).isEqualTo(count);
        assertThat(racing.count("matched")
                        - racing.count("outcomes", "delivered")
                        - racing.count("outcomes", "digested"))
                .isZero();
    }
}
