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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PartitionTest {

    private static final FollowRequest ALICE = FollowRequest.allLikesOf("alice");

    private final FakePartitionLog log = new FakePartitionLog(1 << 20, 8);

    @Test
    void newReader_receivesHelloWithCurrentPosition_thenLaterLikes() {
        log.like("alice");
        DemandReader reader = follow(ALICE);
        log.like("alice");
        log.like("carol");
        log.like("alice");

        assertThat(reader.json(0))
                .isEqualTo("{\"kind\":\"hello\",\"position\":\"k3f9-3-0\",\"recovered\":false,\"heartbeat\":20}");
        assertThat(reader.received()).containsExactly("hello 0", "like 1", "like 3");
    }

    @Test
    void beforeFirstRecord_helloPositionIsStart() {
        assertThat(follow(ALICE).json(0)).contains("\"position\":\"k3f9-3-start\"");
    }

    @Test
    void readersOfOneAuthor_shareTheFrame() {
        DemandReader one = follow(ALICE);
        DemandReader two = follow(ALICE);

        log.like("alice");

        assertThat(one.frames().get(1)).as("encoded once").isSameAs(two.frames().get(1));
    }

    @Test
    void records_areCountedByOutcome() {
        DemandReader reader = follow(ALICE);

        log.like("alice");
        log.like("carol");
        log.append("alice", "someone else's bytes");
        log.append("alice", "{\"type\":\"viewed\"}");
        log.append("carol", "nobody parses this");
        log.append(null, "no key");
        log.like("alice");

        assertThat(reader.received()).containsExactly("hello -1", "like 0", "like 6");
        assertThat(log.count("records", "followed")).isEqualTo(2);
        assertThat(log.count("records", "unreadable")).isEqualTo(2);
        assertThat(log.count("records", "unfollowed")).isEqualTo(3);
    }

    @Test
    void closingOneReader_keepsTheOther() {
        DemandReader stays = follow(ALICE);
        DemandReader leaves = follow(ALICE);
        assertThat(log.connections()).isEqualTo(2);

        leaves.cancel();
        leaves.cancel();
        log.like("alice");

        assertThat(stays.received()).containsExactly("hello -1", "like 0");
        assertThat(leaves.received()).containsExactly("hello -1");
        assertThat(log.connections()).isEqualTo(1);
    }

    @Test
    void reader_receivesAtMostItsDemand_andTheRestLater() {
        DemandReader reader = follow(ALICE, 2);
        IntStream.range(0, 5).forEach(i -> log.like("alice"));
        assertThat(reader.received()).containsExactly("hello -1", "like 0");

        reader.request(10);

        assertThat(reader.received()).containsExactly("hello -1", "like 0", "like 1", "like 2", "like 3", "like 4");
    }

    @Test
    void resumedReader_receivesMissedLikesFromRing_thenLive() {
        IntStream.range(0, 5).forEach(i -> log.like(i == 2 ? "carol" : "alice"));

        DemandReader reader = resume(ALICE, 0);
        log.like("alice");

        assertThat(reader.json(0))
                .isEqualTo("{\"kind\":\"hello\",\"position\":\"k3f9-3-0\",\"recovered\":true,\"heartbeat\":20}");
        assertThat(reader.received()).containsExactly("hello 0", "like 1", "like 3", "like 4", "like 5");
        assertThat(log.count("replayed")).isEqualTo(3);
        assertThat(log.pagesRead).isZero();
    }

    @Test
    void evictedRecords_areReplayedFromTheLog_atTheReadersPace() {
        FakePartitionLog small = new FakePartitionLog(2_000, 8);
        IntStream.range(0, 50).forEach(i -> small.like(i % 2 == 0 ? "alice" : "carol"));
        DemandReader reader = new DemandReader(4);

        small.partition.resume(ALICE, new Position(EPOCH, PARTITION, -1), reader);
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

        DemandReader reader = resume(ALICE, 2); // another instance has told it up to 2 already
        log.like("alice");
        log.like("alice");
        log.like("alice");

        assertThat(reader.received()).containsExactly("hello 2", "like 3");
        reader.cancel();
        assertThat(log.count("matched")).isEqualTo(1);
    }

    @Test
    void slowReader_receivesExactDigest_andDetailsStayReadable() {
        DemandReader slow = follow(ALICE, 2);
        DemandReader healthy = follow(ALICE);
        for (int i = 0; i < 100; i++) {
            if (i % 10 == 0) {
                log.unlike("alice");
            } else {
                log.like("alice", "p-" + i % 3);
            }
        }
        slow.request(1);
        log.like("alice");
        slow.request(100);

        assertThat(slow.received()).containsExactly("hello -1", "like 0", "digest 99", "like 100");
        assertThat(slow.json(2))
                .isEqualTo(
                        "{\"kind\":\"digest\",\"from\":\"k3f9-3-0\",\"position\":\"k3f9-3-99\",\"liked\":90,\"unliked\":9,"
                                + "\"posts\":[{\"postId\":\"p-0\",\"liked\":30},{\"postId\":\"p-1\",\"liked\":30},"
                                + "{\"postId\":\"p-2\",\"liked\":30}]}");
        assertThat(healthy.frames()).hasSize(102);
        assertThat(resume(ALICE, 0).frames()).as("pulled with after=from").hasSize(101);
    }

    @Test
    void slowReader_ringEvictsUnread_digestIsExact() {
        FakePartitionLog small = new FakePartitionLog(2_000, 1_000_000);
        DemandReader slow = new DemandReader(1);
        small.partition.follow(ALICE, slow);
        small.like("alice");
        small.unlike("alice");
        IntStream.range(0, 50).forEach(i -> small.like("carol"));

        slow.request(1);

        assertThat(slow.json(1)).contains("\"liked\":1,\"unliked\":1");
    }

    @Test
    void digestReader_receivesAtMostOneDigestPerInterval() {
        DemandReader reader = follow(digests(10));
        log.tick(Duration.ofSeconds(6));
        IntStream.range(0, 5).forEach(i -> log.like("alice"));
        log.tick(Duration.ofSeconds(3));
        assertThat(reader.received()).containsExactly("hello -1");
        log.tick(Duration.ofSeconds(1)); // 10 s by the clock, 10 s of the connection
        log.like("alice");
        log.tick(Duration.ofSeconds(9));
        assertThat(reader.received()).containsExactly("hello -1", "digest 4");
        log.tick(Duration.ofSeconds(1));

        assertThat(reader.received()).containsExactly("hello -1", "digest 4", "digest 5", "position 5");
    }

    @Test
    void heartbeatWithPendingDigest_repeatsLastPosition() {
        DemandReader reader = follow(digests(60));
        log.like("carol");
        log.like("alice");
        log.tick(Duration.ofSeconds(20));
        assertThat(reader.received()).containsExactly("hello -1", "position -1");
        log.tick(Duration.ofSeconds(40));

        assertThat(reader.received()).containsExactly("hello -1", "position -1", "digest 1", "position 1");
        assertThat(reader.json(2)).contains("\"from\":\"k3f9-3-start\"");
    }

    @Test
    void pendingDigest_isSentBeforeClose() {
        DemandReader reader = follow(digests(60));
        IntStream.range(0, 5).forEach(i -> log.like("alice"));
        log.tick(Duration.ofSeconds(1));

        log.partition.fail(StreamClosedException.draining());

        assertThat(reader.received()).containsExactly("hello -1", "digest 4");
        assertThat(log.count("outcomes", "abandoned")).isZero();
    }

    @Test
    void resumeWithDigest_receivesMissedLikesAsOneDigest_atIntervalEnd() {
        FakePartitionLog small = new FakePartitionLog(20_000, 8);
        IntStream.range(0, 2_000).forEach(i -> small.like("alice"));
        DemandReader reader = DemandReader.unbounded();

        small.partition.resume(digests(3), new Position(EPOCH, PARTITION, -1), reader);
        small.like("alice");
        assertThat(reader.received()).containsExactly("hello -1");
        small.tick(Duration.ofSeconds(1));
        small.tick(Duration.ofSeconds(3));

        assertThat(reader.received()).containsExactly("hello -1", "digest 2000");
        assertThat(reader.json(1)).contains("\"liked\":2001,");
        assertThat(small.count("outcomes", "digested")).isEqualTo(1);
        assertThat(small.count("replayed")).isEqualTo(2_000);
    }

    @Test
    void intervalEndsDuringReplay_sendsNoSecondDigest() {
        FakePartitionLog small = new FakePartitionLog(20_000, 8);
        small.tick(Duration.ofSeconds(1));
        IntStream.range(0, 500).forEach(i -> small.like("alice"));
        small.beforePageDelivered = () -> {
            if (small.pagesRead == 50) {
                small.tick(Duration.ofSeconds(3));
            }
        };

        DemandReader reader = resume(small, digests(3), -1);

        assertThat(reader.received())
                .filteredOn(frame -> frame.startsWith("digest"))
                .containsExactly("digest 499");
        assertThat(digestOf(reader)).contains("\"liked\":500,");
    }

    @Test
    void digestsOfDifferentIntervalsAndStarts_areExact() {
        DemandReader each = follow(digests(1));
        DemandReader fifth = follow(digests(5));
        log.tick(Duration.ofMillis(500));
        for (int i = 0; i < 10; i++) {
            log.like("alice", "p-" + i % 2);
            if (i == 3) {
                follow(new FollowRequest("alice", Set.of("p-1"), Duration.ofSeconds(5), Caller.named("late")))
                        .cancel();
            }
            log.tick(Duration.ofSeconds(1));
        }

        assertThat(each.received())
                .filteredOn(frame -> frame.startsWith("digest"))
                .hasSize(10);
        assertThat(fifth.received())
                .filteredOn(frame -> frame.startsWith("digest"))
                .containsExactly("digest 4", "digest 9");
        assertThat(fifth.json(fifth.received().indexOf("digest 9"))).contains("\"from\":\"k3f9-3-4\"", "\"liked\":5,");
    }

    @Test
    void digestOfSomePosts_countsThoseOnly_beyondMaxPosts() {
        DemandReader some =
                follow(new FollowRequest("alice", Set.of("p-1500", "p-2"), Duration.ofSeconds(5), Caller.named("a")));
        DemandReader all = follow(digests(5));
        log.tick(Duration.ofSeconds(1));
        IntStream.range(0, 2_000).forEach(i -> log.like("alice", "p-" + i));
        log.tick(Duration.ofSeconds(5));

        assertThat(some.json(1)).contains("\"liked\":2,").contains("p-1500").contains("\"p-2\"");
        assertThat(all.json(1)).contains("\"liked\":2000,");
        assertThat(log.count("outcomes", "filtered")).isEqualTo(1_998);
    }

    @Test
    void replay_reachesRing_evenIfRecordsArriveDuringEachPage() {
        FakePartitionLog busy = new FakePartitionLog(2_000, 8);
        busy.like("alice");
        IntStream.range(0, 1_000).forEach(i -> busy.like("carol"));
        busy.beforePageDelivered = () -> IntStream.range(0, 3).forEach(i -> busy.like("carol"));

        DemandReader reader = resume(busy, ALICE, 0);
        busy.beforePageDelivered = () -> {};
        busy.like("alice");

        assertThat(busy.pagesRead).isLessThan(3);
        assertThat(reader.received()).startsWith("hello 0").endsWith("like " + (busy.records.size() - 1));
    }

    @Test
    void subscriberAfterPartitionFailure_isClosed() {
        log.partition.fail(StreamClosedException.logLost());

        DemandReader late = follow(ALICE);

        assertThat(late.error).isInstanceOf(StreamClosedException.class);
        assertThat(late.received()).isEmpty();
        assertThat(log.connections()).isZero();
    }

    @Test
    void resumedIdleClient_receivesPosition_immediatelyAndWithEachHeartbeat() {
        log.like("alice");
        IntStream.range(0, 50).forEach(i -> log.like("carol"));

        DemandReader reader = resume(ALICE, 0);
        assertThat(reader.received()).containsExactly("hello 0", "position 50");
        log.like("carol");
        log.tick(Duration.ofSeconds(20));

        assertThat(reader.received()).endsWith("position 51");
    }

    @Test
    void fullSocketOfIdleAuthor_isSlow_unlessUnreadBytesDecrease() {
        SilentSink full = new SilentSink(log.now);
        SilentSink reading = new SilentSink(log.now);
        log.partition.follow(ALICE, full);
        log.partition.follow(ALICE, reading);
        log.tick(Duration.ofSeconds(1));
        full.writable = false;
        reading.writable = false;
        for (int second = 0; second < 31; second++) {
            reading.unread = 1_000 - second;
            log.tick(Duration.ofSeconds(1));
        }

        assertThat(full.closeReason).isEqualTo(StreamClosedException.Reason.slow);
        assertThat(reading.closeReason).isNull();
    }

    @Test
    void afterProcessPause_peerIsNotDead_beforeItCouldAnswer() {
        SilentSink socket = new SilentSink(log.now);
        log.partition.follow(ALICE, socket);
        log.tick(Duration.ofSeconds(1));

        log.tick(Duration.ofSeconds(60), true);
        log.tick(Duration.ofSeconds(50));
        assertThat(socket.closeReason).isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(socket.closeReason).isEqualTo(StreamClosedException.Reason.dead);
    }

    @Test
    void heartbeatsOfSimultaneousClients_areSpreadOverInterval() {
        List<DemandReader> readers =
                Stream.generate(() -> follow(ALICE)).limit(100).toList();
        int last = 0;
        for (int second = 1; second <= 20; second++) {
            log.tick(Duration.ofSeconds(1));
            int sent = readers.stream()
                    .mapToInt(reader -> reader.frames().size() - 1)
                    .sum();
            assertThat(sent - last).as("in second %d", second).isBetween(3, 7);
            last = sent;
        }
        assertThat(last).isEqualTo(100);
    }

    @Test
    void misplacedRecord_isCounted_andNotSent() {
        String author = FakePartitionLog.OTHER_PARTITION_PREFIX + "-1";
        DemandReader reader = follow(FollowRequest.allLikesOf(author));

        log.like(author);

        assertThat(reader.received()).containsExactly("hello -1");
        assertThat(log.count("misplaced")).isEqualTo(1);
        assertThat(log.count("records", "unfollowed")).isEqualTo(1);
    }

    @Test
    void aValueOver64KiB_isUnreadable_whateverItContains() {
        DemandReader reader = follow(ALICE);
        String like = new String(LikeEventJson.encode(new Liked("e", "p-1", "alice", "bob", Instant.EPOCH)));
        log.append("alice", like.replace("{", "{\"padding\":\"" + "x".repeat(64 * 1024) + "\","));
        log.append("alice", like.replace("{", "{\"padding\":\"" + "x".repeat(60 * 1024) + "\","));

        assertThat(reader.received()).containsExactly("hello -1", "like 1");
        assertThat(log.count("records", "unreadable")).isEqualTo(1);
    }

    @Test
    void digestsWithDifferentStartsAndSameEnd_areExact() {
        List<DemandReader> readers = new ArrayList<>();
        log.tick(Duration.ofSeconds(1));
        for (int i = 0; i < 100; i++) {
            readers.add(follow(digests(60)));
            readers.add(
                    follow(new FollowRequest("alice", Set.of("p-1"), Duration.ofSeconds(60), Caller.named("some"))));
            log.like("alice", "p-" + i % 2);
        }
        log.tick(Duration.ofSeconds(60));

        for (int i = 0; i < 100; i++) {
            assertThat(digestOf(readers.get(2 * i))).contains("\"liked\":" + (100 - i) + ",");
            assertThat(digestOf(readers.get(2 * i + 1))).contains("\"liked\":" + (100 - i + i % 2) / 2 + ",");
        }
        assertThat(log.count("matched"))
                .isEqualTo(log.count("outcomes", "digested") + log.count("outcomes", "filtered"));
    }

    private static String digestOf(DemandReader reader) {
        return reader.frames().stream()
                .filter(frame -> frame.kind() == Frame.Kind.digest)
                .map(frame -> frame.json().toString(StandardCharsets.UTF_8))
                .findFirst()
                .orElse("no digest");
    }

    @Test
    void tickWhileConnectionOpens_doesNotFail() {
        log.onTimeRead = () -> {
            log.onTimeRead = () -> {};
            log.tick(Duration.ofSeconds(1));
        };

        assertThat(follow(ALICE).received()).containsExactly("hello -1");
    }

    @Test
    void slowReader_isNotDead_whenItsSocketIsWritableAgain() {
        SilentSink slow = new SilentSink(log.now);
        log.partition.follow(ALICE, slow);
        log.tick(Duration.ofSeconds(20));
        slow.writable = false;
        for (int second = 0; second < 60; second++) {
            slow.unread = 1_000 - second;
            log.tick(Duration.ofSeconds(1));
        }
        slow.writable = true;
        log.tick(Duration.ofSeconds(1));
        assertThat(slow.closeReason).as("was not pinged for a minute").isNull();

        log.tick(Duration.ofSeconds(50));
        assertThat(slow.closeReason).as("and answers no ping since then").isEqualTo(StreamClosedException.Reason.dead);
    }

    private static FollowRequest digests(int seconds) {
        return new FollowRequest("alice", Set.of(), Duration.ofSeconds(seconds), Caller.named("alice"));
    }

    @Test
    void readerOfSomePosts_receivesThoseOnly() {
        DemandReader reader =
                follow(new FollowRequest("alice", Set.of("p-2", "p-3"), Duration.ZERO, Caller.named("alice")));

        IntStream.range(0, 5).forEach(i -> log.like("alice", "p-" + i));

        assertThat(reader.received()).containsExactly("hello -1", "like 2", "like 3");
    }

    @Test
    void heartbeat_movesIdleReadersPosition() {
        DemandReader reader = follow(ALICE);
        log.tick(Duration.ofSeconds(20));
        log.like("carol");
        log.like("carol");
        log.tick(Duration.ofSeconds(20));
        log.tick(Duration.ofSeconds(20));

        assertThat(reader.received()).containsExactly("hello -1", "position -1", "position 1", "position 1");
    }

    @Test
    void unwritableFor30Seconds_isClosed_andWritableIdleReaderIsNot() {
        DemandReader stalled = follow(ALICE, 1);
        DemandReader idle = follow(FollowRequest.allLikesOf("carol"), 100);
        log.like("alice");
        log.tick(Duration.ofSeconds(1));

        log.tick(Duration.ofSeconds(29));
        assertThat(stalled.error).isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(stalled.error).isInstanceOf(StreamClosedException.class);
        assertThat(idle.error).isNull();
        assertThat(log.count("outcomes", "abandoned")).isEqualTo(1);
    }

    @Test
    void logLost_everyReaderReceivesPosition_thenClose() {
        DemandReader reader = follow(ALICE);
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
        racing.partition.follow(ALICE, all);
        racing.partition.follow(ALICE, one);
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
        long told = 0;
        long at = 0;
        for (Frame frame : one.frames()) {
            assertThat(frame.position().offset()).isGreaterThanOrEqualTo(at);
            told += frame.kind() == Frame.Kind.hello ? 0 : frame.position().offset() - at;
            at = frame.position().offset();
        }
        assertThat(told).isEqualTo(count);
        assertThat(racing.count("matched")
                        - racing.count("outcomes", "delivered")
                        - racing.count("outcomes", "digested"))
                .isZero();
    }

    private DemandReader follow(FollowRequest following) {
        return follow(following, Long.MAX_VALUE);
    }

    @Test
    void silentWritablePeer_isDeadAfterTwoAndAHalfHeartbeats() {
        SilentSink socket = new SilentSink(log.now);
        log.partition.follow(FollowRequest.allLikesOf("alice"), socket);

        log.tick(Duration.ofSeconds(50));
        assertThat(socket.closeReason).isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(socket.closeReason).isEqualTo(StreamClosedException.Reason.dead);
    }

    @Test
    void unwritablePeer_isSlow_notDead() {
        SilentSink socket = new SilentSink(log.now);
        log.partition.follow(FollowRequest.allLikesOf("alice"), socket);
        log.tick(Duration.ofSeconds(45));
        socket.writable = false;
        log.like("alice");

        log.tick(Duration.ofSeconds(1));
        log.tick(Duration.ofSeconds(29));
        assertThat(socket.closeReason).as("silent for 75 s").isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(socket.closeReason).isEqualTo(StreamClosedException.Reason.slow);
    }

    private DemandReader follow(FollowRequest following, long atFirst) {
        DemandReader reader = new DemandReader(atFirst);
        log.partition.follow(following, reader);
        return reader;
    }

    private DemandReader resume(FollowRequest following, long after) {
        return resume(log, following, after);
    }

    private static DemandReader resume(FakePartitionLog log, FollowRequest following, long after) {
        DemandReader reader = DemandReader.unbounded();
        log.partition.resume(following, new Position(EPOCH, PARTITION, after), reader);
        return reader;
    }
}
