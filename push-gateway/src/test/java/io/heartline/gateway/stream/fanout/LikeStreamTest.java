package io.heartline.gateway.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.ForeignPositionException;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.PositionList;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests streams of several authors in two partitions. */
class LikeStreamTest {

    private final FakeLog log = new FakeLog(2);
    private final String alice = log.author(0, 1);
    private final String bob = log.author(0, 2);
    private final String carol = log.author(1, 3);
    private final GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
    private long now = 1;
    private final Fanout fanout = new Fanout(
            new Fanout.Limits(1 << 20, 8, 100, 1_000_000, Duration.ofSeconds(20), Duration.ofSeconds(30)),
            log,
            () -> now,
            () -> now / 1_000_000,
            metrics,
            new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, "likes"));
    private final int[] read = new int[2];
    private final DemandReader reader = DemandReader.unbounded();

    @BeforeEach
    void open() {
        fanout.prepare(log.log);
        fanout.resume(0);
        fanout.resume(1);
        fanout.activate();
        tick(Duration.ZERO); // intervals of digests end relative to an earlier tick
    }

    @Test
    void everyAuthorGetsHello_inTheOrderOfTheRequest() {
        follow(StartPoint.NOW, carol, alice, bob);

        assertThat(texts())
                .containsExactly(
                        "hello " + carol + " 1-start", "hello " + alice + " 0-start", "hello " + bob + " 0-start");
    }

    @Test
    void authorsOfOnePartition_arriveInTheOrderOfTheLog() {
        follow(StartPoint.NOW, alice, bob);

        like(bob, alice, alice, bob);

        assertThat(texts().subList(2, 6))
                .containsExactly(
                        "like " + bob + " 0-0",
                        "like " + alice + " 0-1",
                        "like " + alice + " 0-2",
                        "like " + bob + " 0-3");
    }

    @Test
    void resumeByList_authorOfAnotherPartitionStartsAtThePresent() {
        like(alice, bob, alice, carol);

        follow(StartPoint.after(PositionList.of(position(0, 0))), alice, bob, carol);

        assertThat(texts())
                .containsExactly(
                        "hello " + alice + " 0-0",
                        "hello " + bob + " 0-0",
                        "hello " + carol + " 1-0",
                        "like " + bob + " 0-1",
                        "like " + alice + " 0-2");
        assertThat(reader.frames().stream().limit(3).map(Frame::recovered)).containsExactly(true, true, false);
    }

    @Test
    void positionOfPartitionWithoutAuthor_isRefused_andOfAnotherEpochIsNot() {
        assertThatThrownBy(() -> fanout.follow(request(Duration.ZERO, alice), StartPoint.after(position(1, 0))))
                .isInstanceOf(ForeignPositionException.class);
        fanout.follow(request(Duration.ZERO, alice), StartPoint.after(new Position("other", 1, 0)));
    }

    @Test
    void since_startsAtTheFirstRecordOfThatTime() {
        now = Duration.ofSeconds(5).toNanos();
        like(alice);
        now = Duration.ofSeconds(6).toNanos();
        like(alice, bob);

        follow(StartPoint.since(Instant.ofEpochSecond(6)), alice, bob);

        assertThat(texts())
                .containsExactly(
                        "hello " + alice + " 0-0",
                        "hello " + bob + " 0-0",
                        "like " + alice + " 0-1",
                        "like " + bob + " 0-2");
    }

    @Test
    void sinceTimeOfDeletedRecords_startsAtThePresent() {
        like(alice);
        log.isComplete = false;

        follow(StartPoint.since(Instant.EPOCH), alice);

        assertThat(texts()).containsExactly("hello " + alice + " 0-0");
        assertThat(reader.frames().get(0).recovered()).isFalse();
    }

    @Test
    void digest_listsTheAuthorsOfAPartition_inOneFrame() {
        follow(Duration.ofSeconds(10), StartPoint.NOW, alice, bob, carol);
        like(alice, bob, bob);

        tick(Duration.ofSeconds(10));

        assertThat(reader.frames()).hasSize(4);
        assertThat(reader.json(3))
                .isEqualTo("{\"kind\":\"digest\",\"from\":\"" + position(0, -1) + "\",\"position\":\"" + position(0, 2)
                        + "\",\"liked\":3,\"unliked\":0,\"authors\":[{\"author\":\"" + alice
                        + "\",\"liked\":1,\"unliked\":0,\"posts\":[{\"postId\":\"p-1\",\"liked\":1}]},{\"author\":\""
                        + bob
                        + "\",\"liked\":2,\"unliked\":0,\"posts\":[{\"postId\":\"p-1\",\"liked\":2}]}]}");
    }

    /** An example is a poll with a small limit, whose next poll must not begin with the same busy partition again. */
    @Test
    void everyConnection_beginsWithAnotherPartition() {
        like(alice, carol);
        PositionList start = PositionList.of(List.of(position(0, -1), position(1, -1)));

        Set<String> firstLikes = IntStream.range(0, 2)
                .mapToObj(i -> {
                    DemandReader poll = new DemandReader(3);
                    fanout.follow(request(Duration.ZERO, alice, carol), StartPoint.after(start))
                            .attach(poll);
                    return text(poll.frames().get(2));
                })
                .collect(Collectors.toSet());

        assertThat(firstLikes).containsExactlyInAnyOrder("like " + alice + " 0-0", "like " + carol + " 1-0");
    }

    @Test
    void heartbeat_listsThePositionOfEachPartition() {
        follow(StartPoint.NOW, alice, carol);
        like(bob, carol);

        tick(Duration.ofSeconds(20));

        assertThat(reader.json(3))
                .isEqualTo("{\"kind\":\"position\",\"position\":\"" + position(0, 0) + "," + position(1, 0) + "\"}");
    }

    @Test
    void followedAuthorThatIsAloneInItsPartition_hasJoinedImmediately() {
        LikeStream stream = follow(StartPoint.NOW, alice);
        like(carol);

        stream.follow(carol, StartPoint.after(position(1, -1)));

        assertThat(texts())
                .containsExactly(
                        "hello " + alice + " 0-start",
                        "hello " + carol + " 1-start",
                        "position " + carol + " 1-start",
                        "like " + carol + " 1-0");
        assertThat(stream.authors()).containsExactlyInAnyOrder(alice, carol);
    }

    @Test
    void followedAuthor_catchesUpBeforeItJoins() {
        LikeStream stream = follow(StartPoint.NOW, alice);
        like(alice, bob, alice);

        stream.follow(bob, StartPoint.after(position(0, -1)));
        like(bob, alice);

        assertThat(texts())
                .containsExactly(
                        "hello " + alice + " 0-start",
                        "like " + alice + " 0-0",
                        "like " + alice + " 0-2",
                        "hello " + bob + " 0-start",
                        "like " + bob + " 0-1",
                        "position " + bob + " 0-2",
                        "like " + bob + " 0-3",
                        "like " + alice + " 0-4");
    }

    @Test
    void followedAuthorWithDigests_joinsWhenTheIntervalEnds() {
        LikeStream stream = follow(Duration.ofSeconds(5), StartPoint.NOW, alice);
        like(alice, bob);
        stream.follow(bob, StartPoint.after(position(0, -1)));
        assertThat(texts()).containsExactly("hello " + alice + " 0-start", "hello " + bob + " 0-start");

        tick(Duration.ofSeconds(5));
        assertThat(texts().subList(2, 5))
                .containsExactly("digest [" + alice + "] 0-0", "digest [" + bob + "] 0-1", "position " + bob + " 0-1");
        like(alice, bob);
        tick(Duration.ofSeconds(5));

        assertThat(texts()).endsWith("digest [" + alice + ", " + bob + "] 0-3").hasSize(6);
    }

    @Test
    void unfollowedAuthor_sendsNoFrame_andTheOthersContinue() {
        LikeStream stream = follow(StartPoint.NOW, alice, bob);
        like(alice, bob);

        assertThat(stream.unfollow(bob)).isNotNull();
        like(bob, alice);

        assertThat(texts()).endsWith("like " + bob + " 0-1", "unfollowed " + bob + " 0-1", "like " + alice + " 0-3");
        assertThat(stream.unfollow(bob)).as("a second time").isNull();
    }

    @Test
    void unfollow_sendsThePendingDigestFirst() {
        LikeStream stream = follow(Duration.ofSeconds(60), StartPoint.NOW, alice, bob);
        like(alice, bob, alice);

        stream.unfollow(bob);

        assertThat(texts()).endsWith("digest [" + alice + ", " + bob + "] 0-2", "unfollowed " + bob + " 0-2");
    }

    @Test
    void unfollowAfterTheIntervalOfASlowClient_sendsLaterEventsToo() {
        DemandReader slow = new DemandReader(3);
        LikeStream stream = fanout.follow(request(Duration.ofSeconds(4), alice, bob), StartPoint.NOW);
        stream.attach(slow);
        like(alice, bob);
        tick(Duration.ofSeconds(4));
        like(alice, bob);
        tick(Duration.ofSeconds(4));
        like(bob);

        stream.unfollow(bob);
        slow.request(10);

        assertThat(slow.frames().stream().skip(2).map(LikeStreamTest::text))
                .containsExactly(
                        "digest [" + alice + ", " + bob + "] 0-1",
                        "digest [" + alice + ", " + bob + "] 0-4",
                        "unfollowed " + bob + " 0-4");
    }

    @Test
    void connectionWithoutAuthors_staysOpen_andEndsWithTheLog() {
        LikeStream stream = follow(StartPoint.NOW, alice);
        stream.unfollow(alice);
        tick(Duration.ofSeconds(20));
        assertThat(texts()).endsWith("unfollowed " + alice + " 0-start").hasSize(2);
        assertThat(metrics.connections()).isEqualTo(1);

        fanout.deactivate();

        assertThat(reader.error).isInstanceOf(StreamClosedException.class);
        assertThat(metrics.connections()).isZero();
    }

    @Test
    void answer_isWrittenOnceTheClientReads() {
        DemandReader slow = new DemandReader(2);
        LikeStream stream = fanout.follow(request(Duration.ZERO, alice), StartPoint.NOW);
        stream.attach(slow);
        like(alice);

        CompletableFuture<Void> written =
                stream.answer(Frames.refused(null, "{}")).toCompletableFuture();
        assertThat(written).isNotDone();
        slow.request(1);

        assertThat(written).isCompleted();
        assertThat(slow.json(2)).isEqualTo("{\"kind\":\"refused\",\"problem\":{}}");
    }

    @Test
    void answerAfterTheEnd_doesNotWait() {
        LikeStream stream = follow(StartPoint.NOW, alice);
        reader.cancel();

        assertThat(stream.answer(Frames.refused(null, "{}"))).isCompleted();
        assertThat(stream.follow(bob, StartPoint.NOW)).isCompleted();
    }

    @Test
    void newExpiryBeforeTheNextHeartbeat_endsConnectionInTime() {
        LikeStream stream = follow(StartPoint.NOW, alice);
        tick(Duration.ofSeconds(1));
        stream.extend(Duration.ofSeconds(5));

        tick(Duration.ofSeconds(4));
        assertThat(reader.error).isNull();
        tick(Duration.ofSeconds(1));

        assertThat(reader.error).hasMessageContaining("expired");
    }

    @Test
    void newExpiry_replacesTheOldOne() {
        Caller caller = new Caller("alice", Duration.ofSeconds(5));
        LikeStream stream =
                fanout.follow(new FollowRequest(List.of(alice), true, Set.of(), Duration.ZERO, caller), StartPoint.NOW);
        stream.attach(reader);
        stream.extend(Duration.ofSeconds(15));

        tick(Duration.ofSeconds(10));
        assertThat(reader.error).isNull();
        tick(Duration.ofSeconds(5));

        assertThat(reader.error).hasMessageContaining("expired");
    }

    private LikeStream follow(StartPoint start, String... authors) {
        return follow(Duration.ZERO, start, authors);
    }

    private LikeStream follow(Duration digest, StartPoint start, String... authors) {
        LikeStream stream = fanout.follow(request(digest, authors), start);
        stream.attach(reader);
        return stream;
    }

    private static FollowRequest request(Duration digest, String... authors) {
        return new FollowRequest(List.of(authors), true, Set.of(), digest, Caller.named("caller"));
    }

    private void like(String... authors) {
        Arrays.stream(authors).forEach(author -> log.like(author, "p-1", now / 1_000_000));
        for (int partition = 0; partition < 2; partition++) {
            List<FakeRecord> records = log.partitions.get(partition);
            fanout.accept(
                    partition,
                    List.copyOf(records.subList(read[partition], records.size())),
                    FakeRecord.READER,
                    records.size());
            read[partition] = records.size();
        }
    }

    private Position position(int partition, long offset) {
        return log.position(partition, offset);
    }

    private void tick(Duration after) {
        now += after.toNanos();
        for (int turn = 0; turn < 4; turn++) {
            fanout.tick();
        }
    }

    /** Returns the kind, the author and the position of each frame. */
    private List<String> texts() {
        return reader.frames().stream().map(LikeStreamTest::text).toList();
    }

    private static String text(Frame frame) {
        JsonNode json = JsonMapper.shared().readTree(frame.json().toString(StandardCharsets.UTF_8));
        Object author = frame.kind() == Frame.Kind.digest
                ? json.path("authors")
                        .valueStream()
                        .map(one -> one.path("author").stringValue())
                        .toList()
                : json.path("author")
                        .stringValue(json.path("event").path("authorId").stringValue(""));
        String position = json.path("position").stringValue();
        return frame.kind() + " " + author + " " + position.substring(position.indexOf('-') + 1);
    }
}
