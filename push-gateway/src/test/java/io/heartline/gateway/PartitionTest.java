package io.heartline.gateway;

import static io.heartline.gateway.FakeLog.EPOCH;
import static io.heartline.gateway.FakeLog.NUMBER;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.Position;
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

    private static final Following ALICE = Following.everythingOf("alice");

    private final FakeLog log = new FakeLog(1 << 20, 8);

    @Test
    void aReader_isGreetedWithThePresentPosition_andToldOfWhatFollows() {
        log.like("alice");
        Reader reader = follow(ALICE);
        log.like("alice");
        log.like("carol");
        log.like("alice");

        assertThat(reader.json(0))
                .isEqualTo("{\"kind\":\"hello\",\"position\":\"k3f9-3-0\",\"recovered\":false,\"heartbeat\":20}");
        assertThat(reader.told()).containsExactly("hello 0", "like 1", "like 3");
    }

    @Test
    void beforeTheFirstRecord_helloSaysStart() {
        assertThat(follow(ALICE).json(0)).contains("\"position\":\"k3f9-3-start\"");
    }

    @Test
    void everyReaderOfAnAuthor_getsTheSameFrame() {
        Reader one = follow(ALICE);
        Reader two = follow(ALICE);

        log.like("alice");

        assertThat(one.frames().get(1)).as("encoded once").isSameAs(two.frames().get(1));
    }

    @Test
    void recordsAreCounted_whateverIsUnderTheirKeys() {
        Reader reader = follow(ALICE);

        log.like("alice");
        log.like("carol");
        log.append("alice", "someone else's bytes");
        log.append("alice", "{\"type\":\"viewed\"}");
        log.append("carol", "nobody parses this");
        log.append(null, "no key");
        log.like("alice");

        assertThat(reader.told()).containsExactly("hello -1", "like 0", "like 6");
        assertThat(log.count("records", "followed")).isEqualTo(2);
        assertThat(log.count("records", "unreadable")).isEqualTo(2);
        assertThat(log.count("records", "unfollowed")).isEqualTo(3);
    }

    @Test
    void aSecondReaderWhoLeaves_doesNotTakeTheFirstAlong() {
        Reader stays = follow(ALICE);
        Reader leaves = follow(ALICE);
        assertThat(log.connections()).isEqualTo(2);

        leaves.cancel();
        leaves.cancel();
        log.like("alice");

        assertThat(stays.told()).containsExactly("hello -1", "like 0");
        assertThat(leaves.told()).containsExactly("hello -1");
        assertThat(log.connections()).isEqualTo(1);
    }

    @Test
    void aReader_getsNoMoreThanItAskedFor_andTheRestLater() {
        Reader reader = follow(ALICE, 2);
        IntStream.range(0, 5).forEach(i -> log.like("alice"));
        assertThat(reader.told()).containsExactly("hello -1", "like 0");

        reader.request(10);

        assertThat(reader.told()).containsExactly("hello -1", "like 0", "like 1", "like 2", "like 3", "like 4");
    }

    @Test
    void aReaderWhoComesBack_getsWhatItMissedFromTheRing_thenLive() {
        IntStream.range(0, 5).forEach(i -> log.like(i == 2 ? "carol" : "alice"));

        Reader reader = resume(ALICE, 0);
        log.like("alice");

        assertThat(reader.json(0))
                .isEqualTo("{\"kind\":\"hello\",\"position\":\"k3f9-3-0\",\"recovered\":true,\"heartbeat\":20}");
        assertThat(reader.told()).containsExactly("hello 0", "like 1", "like 3", "like 4", "like 5");
        assertThat(log.count("replayed")).isEqualTo(3);
        assertThat(log.pagesRead).isZero();
    }

    @Test
    void whatHasLeftTheRing_isReadFromTheLogAgain_atTheReadersPace() {
        FakeLog small = new FakeLog(2_000, 8);
        IntStream.range(0, 50).forEach(i -> small.like(i % 2 == 0 ? "alice" : "carol"));
        Reader reader = new Reader(4);

        small.partition.resume(ALICE, new Position(EPOCH, NUMBER, -1), reader);
        assertThat(reader.told()).containsExactly("hello -1", "like 0", "like 2", "like 4");
        assertThat(small.pagesRead).isEqualTo(1);
        reader.request(100);
        small.like("alice");

        List<String> expected = new ArrayList<>(List.of("hello -1"));
        IntStream.range(0, 25).forEach(i -> expected.add("like " + 2 * i));
        expected.add("position 49");
        expected.add("like 50");
        assertThat(reader.told()).isEqualTo(expected);
    }

    @Test
    void aReaderAheadOfThisInstance_isNotToldTwice() {
        log.like("alice");

        Reader reader = resume(ALICE, 2); // another instance has told it up to 2 already
        log.like("alice");
        log.like("alice");
        log.like("alice");

        assertThat(reader.told()).containsExactly("hello 2", "like 3");
        reader.cancel();
        assertThat(log.count("matched")).isEqualTo(1);
    }

    @Test
    void aReaderWhoDoesNotRead_isToldInExactSums_andTheDetailsStayPullable() {
        Reader slow = follow(ALICE, 2);
        Reader healthy = follow(ALICE);
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

        assertThat(slow.told()).containsExactly("hello -1", "like 0", "digest 99", "like 100");
        assertThat(slow.json(2))
                .isEqualTo(
                        "{\"kind\":\"digest\",\"from\":\"k3f9-3-0\",\"position\":\"k3f9-3-99\",\"liked\":90,\"unliked\":9,"
                                + "\"posts\":[{\"postId\":\"p-0\",\"liked\":30},{\"postId\":\"p-1\",\"liked\":30},"
                                + "{\"postId\":\"p-2\",\"liked\":30}]}");
        assertThat(healthy.frames()).hasSize(102);
        assertThat(resume(ALICE, 0).frames()).as("pulled with after=from").hasSize(101);
    }

    @Test
    void aReaderWhoDoesNotRead_losesNoCount_whenTheRingMovesOnWithoutIt() {
        FakeLog small = new FakeLog(2_000, 1_000_000);
        Reader slow = new Reader(1);
        small.partition.follow(ALICE, slow);
        small.like("alice");
        small.unlike("alice");
        IntStream.range(0, 50).forEach(i -> small.like("carol"));

        slow.request(1);

        assertThat(slow.json(1)).contains("\"liked\":1,\"unliked\":1");
    }

    @Test
    void aReaderWhoAsksForDigests_getsAtMostOneAnInterval() {
        Reader reader = follow(digests(10));
        log.tick(Duration.ofSeconds(6));
        IntStream.range(0, 5).forEach(i -> log.like("alice"));
        log.tick(Duration.ofSeconds(3));
        assertThat(reader.told()).containsExactly("hello -1");
        log.tick(Duration.ofSeconds(1)); // 10 s by the clock, 10 s of the connection
        log.like("alice");
        log.tick(Duration.ofSeconds(9));
        assertThat(reader.told()).containsExactly("hello -1", "digest 4");
        log.tick(Duration.ofSeconds(1));

        assertThat(reader.told()).containsExactly("hello -1", "digest 4", "digest 5", "position 5");
    }

    @Test
    void aHeartbeatWhileADigestIsPending_repeatsTheLastPosition() {
        Reader reader = follow(digests(60));
        log.like("carol");
        log.like("alice");
        log.tick(Duration.ofSeconds(20));
        assertThat(reader.told()).containsExactly("hello -1", "position -1");
        log.tick(Duration.ofSeconds(40));

        assertThat(reader.told()).containsExactly("hello -1", "position -1", "digest 1", "position 1");
        assertThat(reader.json(2)).contains("\"from\":\"k3f9-3-start\"");
    }

    @Test
    void aDigestThatIsNotDue_isSentBeforeAClose() {
        Reader reader = follow(digests(60));
        IntStream.range(0, 5).forEach(i -> log.like("alice"));
        log.tick(Duration.ofSeconds(1));

        log.partition.fail(BrokenStreamException.draining());

        assertThat(reader.told()).containsExactly("hello -1", "digest 4");
        assertThat(log.count("settled", "abandoned")).isZero();
    }

    @Test
    void aClientThatResumesWithDigests_receivesWhatItMissedAsOneDigest_whenTheIntervalEnds() {
        FakeLog small = new FakeLog(20_000, 8);
        IntStream.range(0, 2_000).forEach(i -> small.like("alice"));
        Reader reader = Reader.unbounded();

        small.partition.resume(digests(3), new Position(EPOCH, NUMBER, -1), reader);
        small.like("alice");
        assertThat(reader.told()).containsExactly("hello -1");
        small.tick(Duration.ofSeconds(1));
        small.tick(Duration.ofSeconds(3));

        assertThat(reader.told()).containsExactly("hello -1", "digest 2000");
        assertThat(reader.json(1)).contains("\"liked\":2001,");
        assertThat(small.count("settled", "folded")).isEqualTo(1);
        assertThat(small.count("replayed")).isEqualTo(2_000);
    }

    @Test
    void anIntervalThatEndsDuringAReplay_addsNoSecondDigest() {
        FakeLog small = new FakeLog(20_000, 8);
        small.tick(Duration.ofSeconds(1));
        IntStream.range(0, 500).forEach(i -> small.like("alice"));
        small.beforePageIsHanded = () -> {
            if (small.pagesRead == 50) {
                small.tick(Duration.ofSeconds(3));
            }
        };

        Reader reader = resume(small, digests(3), -1);

        assertThat(reader.told())
                .filteredOn(frame -> frame.startsWith("digest"))
                .containsExactly("digest 499");
        assertThat(digestOf(reader)).contains("\"liked\":500,");
    }

    @Test
    void digestsOfDifferentIntervals_areExact_forClientsThatComeAtDifferentTimes() {
        Reader each = follow(digests(1));
        Reader fifth = follow(digests(5));
        log.tick(Duration.ofMillis(500));
        for (int i = 0; i < 10; i++) {
            log.like("alice", "p-" + i % 2);
            if (i == 3) {
                follow(new Following("alice", Set.of("p-1"), Duration.ofSeconds(5), Caller.named("late")))
                        .cancel();
            }
            log.tick(Duration.ofSeconds(1));
        }

        assertThat(each.told()).filteredOn(frame -> frame.startsWith("digest")).hasSize(10);
        assertThat(fifth.told())
                .filteredOn(frame -> frame.startsWith("digest"))
                .containsExactly("digest 4", "digest 9");
        assertThat(fifth.json(fifth.told().indexOf("digest 9"))).contains("\"from\":\"k3f9-3-4\"", "\"liked\":5,");
    }

    @Test
    void aDigestOfSomePosts_countsThoseOnly_alsoBeyondAThousandPosts() {
        Reader some = follow(new Following("alice", Set.of("p-1500", "p-2"), Duration.ofSeconds(5), Caller.named("a")));
        Reader all = follow(digests(5));
        log.tick(Duration.ofSeconds(1));
        IntStream.range(0, 2_000).forEach(i -> log.like("alice", "p-" + i));
        log.tick(Duration.ofSeconds(5));

        assertThat(some.json(1)).contains("\"liked\":2,").contains("p-1500").contains("\"p-2\"");
        assertThat(all.json(1)).contains("\"liked\":2000,");
        assertThat(log.count("settled", "filtered")).isEqualTo(1_998);
    }

    @Test
    void aReplay_joinsTheRing_alsoIfRecordsArriveWhileEachPageIsRead() {
        FakeLog busy = new FakeLog(2_000, 8);
        busy.like("alice");
        IntStream.range(0, 1_000).forEach(i -> busy.like("carol"));
        busy.beforePageIsHanded = () -> IntStream.range(0, 3).forEach(i -> busy.like("carol"));

        Reader reader = resume(busy, ALICE, 0);
        busy.beforePageIsHanded = () -> {};
        busy.like("alice");

        assertThat(busy.pagesRead).isLessThan(3);
        assertThat(reader.told()).startsWith("hello 0").endsWith("like " + (busy.records.size() - 1));
    }

    @Test
    void aSubscriberThatComesAfterThePartitionFailed_isEnded() {
        log.partition.fail(BrokenStreamException.logLost());

        Reader late = follow(ALICE);

        assertThat(late.error).isInstanceOf(BrokenStreamException.class);
        assertThat(late.told()).isEmpty();
        assertThat(log.connections()).isZero();
    }

    @Test
    void aQuietClientThatResumed_learnsItsPosition_immediatelyAndWithEachHeartbeat() {
        log.like("alice");
        IntStream.range(0, 50).forEach(i -> log.like("carol"));

        Reader reader = resume(ALICE, 0);
        assertThat(reader.told()).containsExactly("hello 0", "position 50");
        log.like("carol");
        log.tick(Duration.ofSeconds(20));

        assertThat(reader.told()).endsWith("position 51");
    }

    @Test
    void aFullSocketOfAQuietAuthor_isSlow_unlessItsBytesBecomeFewer() {
        SilentSocket full = new SilentSocket(log.now);
        SilentSocket reading = new SilentSocket(log.now);
        log.partition.follow(ALICE, full);
        log.partition.follow(ALICE, reading);
        log.tick(Duration.ofSeconds(1));
        full.room = false;
        reading.room = false;
        for (int second = 0; second < 31; second++) {
            reading.unread = 1_000 - second;
            log.tick(Duration.ofSeconds(1));
        }

        assertThat(full.end).isEqualTo(BrokenStreamException.Reason.slow);
        assertThat(reading.end).isNull();
    }

    @Test
    void aProcessThatStoodStill_takesNoPeerForDead_beforeItCouldAnswer() {
        SilentSocket socket = new SilentSocket(log.now);
        log.partition.follow(ALICE, socket);
        log.tick(Duration.ofSeconds(1));

        log.tick(Duration.ofSeconds(60), true);
        log.tick(Duration.ofSeconds(50));
        assertThat(socket.end).isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(socket.end).isEqualTo(BrokenStreamException.Reason.dead);
    }

    @Test
    void theHeartbeatsOfClientsThatComeTogether_areSpreadOverTheInterval() {
        List<Reader> readers = Stream.generate(() -> follow(ALICE)).limit(100).toList();
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
    void aRecordOfAnotherPartitionsAuthor_isCountedAsMisplaced_andSentToNoClient() {
        String author = FakeLog.ELSEWHERE + "-1";
        Reader reader = follow(Following.everythingOf(author));

        log.like(author);

        assertThat(reader.told()).containsExactly("hello -1");
        assertThat(log.count("misplaced")).isEqualTo(1);
        assertThat(log.count("records", "unfollowed")).isEqualTo(1);
    }

    @Test
    void aValueOver64KiB_isUnreadable_whateverItContains() {
        Reader reader = follow(ALICE);
        String like = new String(LikeEventJson.encode(new Liked("e", "p-1", "alice", "bob", Instant.EPOCH)));
        log.append("alice", like.replace("{", "{\"padding\":\"" + "x".repeat(64 * 1024) + "\","));
        log.append("alice", like.replace("{", "{\"padding\":\"" + "x".repeat(60 * 1024) + "\","));

        assertThat(reader.told()).containsExactly("hello -1", "like 1");
        assertThat(log.count("records", "unreadable")).isEqualTo(1);
    }

    @Test
    void digestsThatBeginOneAfterTheOther_andEndTogether_areExact() {
        List<Reader> readers = new ArrayList<>();
        log.tick(Duration.ofSeconds(1));
        for (int i = 0; i < 100; i++) {
            readers.add(follow(digests(60)));
            readers.add(follow(new Following("alice", Set.of("p-1"), Duration.ofSeconds(60), Caller.named("some"))));
            log.like("alice", "p-" + i % 2);
        }
        log.tick(Duration.ofSeconds(60));

        for (int i = 0; i < 100; i++) {
            assertThat(digestOf(readers.get(2 * i))).contains("\"liked\":" + (100 - i) + ",");
            assertThat(digestOf(readers.get(2 * i + 1))).contains("\"liked\":" + (100 - i + i % 2) / 2 + ",");
        }
        assertThat(log.count("matched")).isEqualTo(log.count("settled", "folded") + log.count("settled", "filtered"));
    }

    private static String digestOf(Reader reader) {
        return reader.frames().stream()
                .filter(frame -> frame.kind() == Frame.Kind.digest)
                .map(frame -> frame.json().toString(StandardCharsets.UTF_8))
                .findFirst()
                .orElse("no digest");
    }

    @Test
    void aTickWhileAConnectionOpens_doesNotFail() {
        log.whenTimeIsRead = () -> {
            log.whenTimeIsRead = () -> {};
            log.tick(Duration.ofSeconds(1));
        };

        assertThat(follow(ALICE).told()).containsExactly("hello -1");
    }

    @Test
    void aSlowButSteadyReader_isNotDead_whenItsSocketHasRoomAgain() {
        SilentSocket slow = new SilentSocket(log.now);
        log.partition.follow(ALICE, slow);
        log.tick(Duration.ofSeconds(20));
        slow.room = false;
        for (int second = 0; second < 60; second++) {
            slow.unread = 1_000 - second;
            log.tick(Duration.ofSeconds(1));
        }
        slow.room = true;
        log.tick(Duration.ofSeconds(1));
        assertThat(slow.end).as("was not pinged for a minute").isNull();

        log.tick(Duration.ofSeconds(50));
        assertThat(slow.end).as("and answers no ping since then").isEqualTo(BrokenStreamException.Reason.dead);
    }

    private static Following digests(int seconds) {
        return new Following("alice", Set.of(), Duration.ofSeconds(seconds), Caller.named("alice"));
    }

    @Test
    void aReaderOfSomePosts_isToldOfThoseOnly() {
        Reader reader = follow(new Following("alice", Set.of("p-2", "p-3"), Duration.ZERO, Caller.named("alice")));

        IntStream.range(0, 5).forEach(i -> log.like("alice", "p-" + i));

        assertThat(reader.told()).containsExactly("hello -1", "like 2", "like 3");
    }

    @Test
    void withTheHeartbeat_aQuietReaderIsToldHowFarTheLogIs() {
        Reader reader = follow(ALICE);
        log.tick(Duration.ofSeconds(20));
        log.like("carol");
        log.like("carol");
        log.tick(Duration.ofSeconds(20));
        log.tick(Duration.ofSeconds(20));

        assertThat(reader.told()).containsExactly("hello -1", "position -1", "position 1", "position 1");
    }

    @Test
    void aReaderWhoReadsNothingFor30Seconds_isSentAway_andOneWithNothingToReadIsNot() {
        Reader stalled = follow(ALICE, 1);
        Reader idle = new Reader(1);
        log.partition.follow(Following.everythingOf("carol"), idle);
        log.like("alice");
        log.tick(Duration.ofSeconds(1));

        log.tick(Duration.ofSeconds(29));
        assertThat(stalled.error).isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(stalled.error).isInstanceOf(BrokenStreamException.class);
        assertThat(idle.error).isNull();
        assertThat(log.count("settled", "abandoned")).isEqualTo(1);
    }

    @Test
    void whenTheLogIsLost_everyReaderIsTold_andWhereItStands() {
        Reader reader = follow(ALICE);
        log.like("carol");

        log.partition.fail(BrokenStreamException.logLost());

        assertThat(reader.told()).containsExactly("hello -1", "position 0");
        assertThat(reader.error).isInstanceOf(BrokenStreamException.class);
        assertThat(log.connections()).isZero();
    }

    @Test
    void readersOnOtherThreads_whileTheLogMovesAndTheRingForgets_missNothing() throws Exception {
        FakeLog racing = new FakeLog(20_000, 1_000_000);
        racing.like("alice");
        int count = 5_000;
        Reader one = new Reader(1);
        Reader all = Reader.unbounded();
        racing.partition.follow(ALICE, all);
        racing.partition.follow(ALICE, one);
        Thread asking = new Thread(() -> {
            while (one.at() < count) {
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
        assertThat(racing.count("matched") - racing.count("settled", "delivered") - racing.count("settled", "folded"))
                .isZero();
    }

    private Reader follow(Following following) {
        return follow(following, Long.MAX_VALUE);
    }

    @Test
    void aPeerThatHasRoomAndAnswersNothing_isDeadAfterTwoHeartbeatsAndAHalf() {
        SilentSocket socket = new SilentSocket(log.now);
        log.partition.follow(Following.everythingOf("alice"), socket);

        log.tick(Duration.ofSeconds(50));
        assertThat(socket.end).isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(socket.end).isEqualTo(BrokenStreamException.Reason.dead);
    }

    @Test
    void aPeerThatDoesNotRead_isNotAskedForASignOfLife_andIsSlowRatherThanDead() {
        SilentSocket socket = new SilentSocket(log.now);
        log.partition.follow(Following.everythingOf("alice"), socket);
        log.tick(Duration.ofSeconds(45));
        socket.room = false;
        log.like("alice");

        log.tick(Duration.ofSeconds(1));
        log.tick(Duration.ofSeconds(29));
        assertThat(socket.end).as("silent for 75 s").isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(socket.end).isEqualTo(BrokenStreamException.Reason.slow);
    }

    private Reader follow(Following following, long atFirst) {
        Reader reader = new Reader(atFirst);
        log.partition.follow(following, reader);
        return reader;
    }

    private Reader resume(Following following, long after) {
        return resume(log, following, after);
    }

    private static Reader resume(FakeLog log, Following following, long after) {
        Reader reader = Reader.unbounded();
        log.partition.resume(following, new Position(EPOCH, NUMBER, after), reader);
        return reader;
    }
}
