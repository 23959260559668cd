package io.heartline.gateway.stream.fanout;

import static io.heartline.gateway.stream.fanout.FakePartitionLog.EPOCH;
import static io.heartline.gateway.stream.fanout.FakePartitionLog.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.StreamClosedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests the digests of clients that ask for them, and of clients that are too slow. */
class PartitionDigestTest {

    private static final FollowRequest ALICE = FollowRequest.allLikesOf("alice");

    private final FakePartitionLog log = new FakePartitionLog(1 << 20, 8);

    @Test
    void slowReader_receivesExactDigest_andDetailsStayReadable() {
        DemandReader slow = log.follow(ALICE, 2);
        DemandReader healthy = log.follow(ALICE);
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
        assertThat(log.resume(ALICE, 0).frames()).as("pulled with after=from").hasSize(101);
    }

    @Test
    void slowReader_ringEvictsUnread_digestIsExact() {
        FakePartitionLog small = new FakePartitionLog(2_000, 1_000_000);
        DemandReader slow = new DemandReader(1);
        small.follow(ALICE, slow);
        small.like("alice");
        small.unlike("alice");
        IntStream.range(0, 50).forEach(i -> small.like("carol"));

        slow.request(1);

        assertThat(slow.json(1)).contains("\"liked\":1,\"unliked\":1");
    }

    @Test
    void digestReader_receivesAtMostOneDigestPerInterval() {
        DemandReader reader = log.follow(digests(10));
        log.tick(Duration.ofSeconds(6));
        IntStream.range(0, 5).forEach(i -> log.like("alice"));
        log.tick(Duration.ofSeconds(3));
        assertThat(reader.received()).containsExactly("hello -1");
        log.tick(Duration.ofSeconds(1)); // the interval ends at 10 s of the clock
        log.like("alice");
        log.tick(Duration.ofSeconds(9));
        assertThat(reader.received()).containsExactly("hello -1", "digest 4");
        log.tick(Duration.ofSeconds(1));

        assertThat(reader.received()).containsExactly("hello -1", "digest 4", "digest 5", "position 5");
    }

    @Test
    void heartbeatWithPendingDigest_repeatsLastPosition() {
        DemandReader reader = log.follow(digests(60));
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
        DemandReader reader = log.follow(digests(60));
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

        small.resume(digests(3), new Position(EPOCH, PARTITION, -1), reader);
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

        DemandReader reader = small.resume(digests(3), -1);

        assertThat(reader.received())
                .filteredOn(frame -> frame.startsWith("digest"))
                .containsExactly("digest 499");
        assertThat(digestOf(reader)).contains("\"liked\":500,");
    }

    @Test
    void digestsOfDifferentIntervalsAndStarts_areExact() {
        DemandReader each = log.follow(digests(1));
        DemandReader fifth = log.follow(digests(5));
        log.tick(Duration.ofMillis(500));
        for (int i = 0; i < 10; i++) {
            log.like("alice", "p-" + i % 2);
            if (i == 3) {
                log.follow(new FollowRequest("alice", Set.of("p-1"), Duration.ofSeconds(5), Caller.named("late")))
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
        DemandReader some = log.follow(
                new FollowRequest("alice", Set.of("p-1500", "p-2"), Duration.ofSeconds(5), Caller.named("a")));
        DemandReader all = log.follow(digests(5));
        log.tick(Duration.ofSeconds(1));
        IntStream.range(0, 2_000).forEach(i -> log.like("alice", "p-" + i));
        log.tick(Duration.ofSeconds(5));

        assertThat(some.json(1)).contains("\"liked\":2,").contains("p-1500").contains("\"p-2\"");
        assertThat(all.json(1)).contains("\"liked\":2000,");
        assertThat(log.count("outcomes", "filtered")).isEqualTo(1_998);
    }

    @Test
    void digestsWithDifferentStartsAndSameEnd_areExact() {
        List<DemandReader> readers = new ArrayList<>();
        log.tick(Duration.ofSeconds(1));
        for (int i = 0; i < 100; i++) {
            readers.add(log.follow(digests(60)));
            readers.add(log.follow(
                    new FollowRequest("alice", Set.of("p-1"), Duration.ofSeconds(60), Caller.named("some"))));
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

    private static FollowRequest digests(int seconds) {
        return new FollowRequest("alice", Set.of(), Duration.ofSeconds(seconds), Caller.named("alice"));
    }
}
