package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.PositionList;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.fanout.FakePartitionLog;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PollResponseTest {

    private final FakePartitionLog log = new FakePartitionLog(1_000_000, 1_000);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final MultiValueMap<String, String> query = new LinkedMultiValueMap<>();

    @Test
    void withoutWait_digestIsIgnored_andTheAnswerIsImmediate() {
        query.add("digest", "3600");
        log.like("alice");

        JsonNode answer = answer(poll(FakePartitionLog.EPOCH + "-3-start"));

        assertThat(kinds(answer)).containsExactly("like");
        assertThat(answer.path("more").booleanValue()).isFalse();
    }

    @Test
    void withoutWaitAndAfter_answerIsEmpty_withCurrentPosition() {
        log.like("alice");

        JsonNode answer = answer(poll(null));

        assertThat(kinds(answer)).isEmpty();
        assertThat(answer.path("position").stringValue()).isEqualTo("k3f9-3-0");
        assertThat(answer.path("recovered").booleanValue()).isFalse();
    }

    @Test
    void longPoll_isAnsweredWithNextLike() {
        query.add("wait", "30");
        CompletableFuture<byte[]> answer = poll(null);
        assertThat(answer).isNotDone();

        log.like("alice");

        assertThat(answer).as("until its event loop runs").isNotDone();
        assertThat(kinds(answer(answer))).containsExactly("like");
    }

    @Test
    void emptyLongPoll_positionIsAfterOtherAuthorsRecords() {
        query.add("wait", "5");
        CompletableFuture<byte[]> answer = poll(null);
        log.like("carol");

        advance(Duration.ofSeconds(5));

        assertThat(kinds(answer(answer))).isEmpty();
        assertThat(answer(answer).path("position").stringValue()).isEqualTo("k3f9-3-0");
    }

    @Test
    void longPollWithDigest_isAnsweredAtIntervalEnd_withEventsBetweenPolls() {
        query.add("digest", "10");
        query.add("wait", "30");
        log.tick(Duration.ofSeconds(5));
        log.like("alice");
        log.like("alice");
        CompletableFuture<byte[]> answer = poll("k3f9-3-start");
        log.like("alice");
        log.tick(Duration.ofSeconds(4));
        channel.runPendingTasks();
        assertThat(answer).isNotDone();

        log.tick(Duration.ofSeconds(1));

        JsonNode digest = answer(answer).path("frames").path(0);
        assertThat(digest.path("kind").stringValue()).isEqualTo("digest");
        assertThat(digest.path("liked").intValue()).isEqualTo(3);
        assertThat(answer(answer).path("position")).isEqualTo(digest.path("position"));
    }

    @Test
    void intervalLongerThanWait_answerIsEmpty_andPositionIsKept() {
        query.add("digest", "60");
        query.add("wait", "5");
        log.like("alice");
        CompletableFuture<byte[]> answer = poll("k3f9-3-start");
        log.like("alice");
        log.tick(Duration.ofSeconds(5));

        advance(Duration.ofSeconds(5));

        assertThat(kinds(answer(answer))).isEmpty();
        assertThat(answer(answer).path("position").stringValue()).isEqualTo("k3f9-3-start");
        assertThat(answer(answer).path("recovered").booleanValue()).isTrue();
    }

    @Test
    void intervalEndedBetweenPolls_answerIsImmediate() {
        query.add("digest", "10");
        query.add("wait", "5");
        log.tick(Duration.ofSeconds(5));
        log.like("alice");
        log.tick(Duration.ofSeconds(8));

        JsonNode digest = answer(poll("k3f9-3-start")).path("frames").path(0);

        assertThat(digest.path("kind").stringValue()).isEqualTo("digest");
        assertThat(digest.path("liked").intValue()).isEqualTo(1);
    }

    @Test
    void timeoutBeforeHello_isRefusedWith503() {
        query.add("wait", "1");
        CompletableFuture<byte[]> answer =
                PollResponse.of(sink -> {}, request(null), channel.eventLoop()).toFuture();
        channel.runPendingTasks();

        advance(Duration.ofSeconds(1));

        assertThat(answer)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(StreamRefusedException.class);
    }

    @Test
    void slowReplay_isAnsweredWithFramesReadSoFar() {
        FakePartitionLog slow = new FakePartitionLog(800, 8);
        for (int i = 0; i < 50; i++) {
            slow.like("alice");
        }
        AtomicBoolean hasRead = new AtomicBoolean();
        slow.beforePageDelivered = () -> {
            if (hasRead.getAndSet(true)) {
                throw new IllegalStateException("the second page breaks");
            }
        };
        CompletableFuture<byte[]> answer = poll(slow, "k3f9-3-start");

        JsonNode read = answer(answer);

        assertThat(kinds(read)).isNotEmpty();
        assertThat(read.path("more").booleanValue()).isTrue();
    }

    @Test
    void answer_isBoundedInBytes() {
        String padding = "x".repeat(60_000);
        for (int i = 0; i < 20; i++) {
            log.append("alice", TestTopic.like("e-" + i, "alice").replace("{", "{\"padding\":\"" + padding + "\","));
        }

        JsonNode answer = answer(poll("k3f9-3-start"));

        assertThat(kinds(answer)).hasSize(5);
        assertThat(answer.path("more").booleanValue()).isTrue();
        assertThat(answer.path("position").stringValue()).isEqualTo("k3f9-3-4");
    }

    @Test
    void answeredPoll_leavesNoConnection() {
        answer(poll(null));
        channel.runPendingTasks();

        assertThat(log.connections()).isZero();
    }

    /**
     * Each poll resumes after the last one's position, while likes arrive at its timeout. If the test's thread has a large lag, it
     * receives a digest.
     */
    @Test
    void likesAtTimeout_areInExactlyOneAnswer() throws Exception {
        int count = 5_000;
        ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
        Thread logs = new Thread(() -> {
            for (int i = 0; i < count; i++) {
                log.like("alice");
                Thread.yield();
            }
        });
        List<Long> offsets = new ArrayList<>();
        long digested = 0;
        Position after = new Position(FakePartitionLog.EPOCH, FakePartitionLog.PARTITION, -1);
        try {
            logs.start();
            while (after.offset() < count - 1) {
                LikesRequest request = new LikesRequest(
                        FollowRequest.allLikesOf("alice"), StartPoint.after(after), Duration.ofMillis(1), 1_000);
                Position from = after;
                FrameStream frames = sink -> log.resume(request.followRequest(), from, sink);
                byte[] body = PollResponse.of(frames, request, loop)
                        .onErrorComplete(StreamRefusedException.class) // its timeout of 1 ms was before the hello
                        .block(Duration.ofSeconds(30));
                if (body == null) {
                    continue;
                }
                JsonNode answer = json(body);
                for (JsonNode frame : answer.path("frames")) {
                    if (frame.path("kind").stringValue().equals("digest")) {
                        digested += frame.path("liked").longValue();
                    } else {
                        offsets.add(Position.parse(frame.path("position").stringValue())
                                .offset());
                    }
                }
                after = Position.parse(answer.path("position").stringValue());
            }
        } finally {
            logs.join();
            loop.shutdownNow();
        }

        assertThat(offsets.size() + digested).isEqualTo(count);
        assertThat(offsets).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void severalAuthors_frameThatDidNotFit_isReadByTheNextPoll() {
        query.add("limit", "2");

        JsonNode answer = answer(pollSeveral(
                "k3f9-0-90,k3f9-1-91,k3f9-2-92",
                List.of(hello(0, true), hello(1, true), hello(2, true)),
                List.of(like(0, 11), like(1, 12), like(1, 13), like(2, 14), like(2, 15))));

        assertThat(kinds(answer)).containsExactly("hello", "hello", "hello", "like", "like");
        assertThat(answer.path("position").stringValue()).isEqualTo("k3f9-0-11,k3f9-1-12,k3f9-2-13");
        assertThat(answer.path("more").booleanValue()).isTrue();
        assertThat(answer.path("recovered").booleanValue()).isTrue();
    }

    @Test
    void severalAuthors_oneIsNotRecovered_neitherIsTheAnswer() {
        query.add("limit", "1");

        JsonNode answer = answer(
                pollSeveral("k3f9-0-90,k3f9-1-91", List.of(hello(0, true), hello(1, false)), List.of(like(1, 12))));

        assertThat(answer.path("recovered").booleanValue()).isFalse();
        assertThat(answer.path("position").stringValue()).isEqualTo("k3f9-0-90,k3f9-1-12");
    }

    @Test
    void severalAuthors_hellosDoNotAnswerALongPoll() {
        query.add("wait", "5");
        CompletableFuture<byte[]> poll = pollSeveral("k3f9-0-90", List.of(hello(0, true)), List.of());
        assertThat(poll).isNotDone();

        advance(Duration.ofSeconds(5));

        assertThat(kinds(answer(poll))).containsExactly("hello");
        assertThat(answer(poll).path("position").stringValue()).isEqualTo("k3f9-0-90");
    }

    @Test
    void longPollThatHasCaughtUp_saysMore_ifALikeDidNotFit() {
        query.add("wait", "5");
        query.add("limit", "1");
        CompletableFuture<byte[]> poll = poll(null);
        log.like("alice");
        log.like("alice");

        JsonNode answer = answer(poll);

        assertThat(kinds(answer)).containsExactly("like");
        assertThat(answer.path("more").booleanValue()).isTrue();
    }

    /** Polls a stream of two batches that has read its partitions up to given positions. */
    private CompletableFuture<byte[]> pollSeveral(String read, List<Frame> hellos, List<Frame> batch) {
        query.add("author", "alice");
        LikesRequest request = LikesRequest.ofSeveralAuthors(query, null, Caller.named("caller"));
        FrameStream frames = sink -> {
            sink.opened(new ReadSource(PositionList.parse(read)));
            sink.write(hellos);
            if (!batch.isEmpty()) {
                sink.write(batch);
            }
            sink.caughtUp();
        };
        CompletableFuture<byte[]> answer =
                PollResponse.of(frames, request, channel.eventLoop()).toFuture();
        channel.runPendingTasks();
        return answer;
    }

    private static Frame hello(int partition, boolean recovered) {
        return Frames.hello("author-" + partition, new Position("k3f9", partition, 10), recovered, 20_000);
    }

    private static Frame like(int partition, long offset) {
        return Frame.like(
                new Position("k3f9", partition, offset), Instant.EPOCH, "{}".getBytes(StandardCharsets.UTF_8));
    }

    /** A connection that has sent everything. */
    private record ReadSource(PositionList resumePositions) implements FrameSource {

        @Override
        public void wake() {}

        @Override
        public void cancel() {}

        @Override
        public void end(StreamClosedException why) {}

        @Override
        public boolean sendDigest() {
            return false;
        }
    }

    private CompletableFuture<byte[]> poll(String after) {
        return poll(log, after);
    }

    private CompletableFuture<byte[]> poll(FakePartitionLog from, String after) {
        LikesRequest request = request(after);
        FrameStream frames = sink -> {
            if (request.start().after() == null) {
                from.follow(request.followRequest(), sink);
            } else {
                from.resume(
                        request.followRequest(),
                        request.start().after().positions().get(0),
                        sink);
            }
        };
        CompletableFuture<byte[]> answer =
                PollResponse.of(frames, request, channel.eventLoop()).toFuture();
        channel.runPendingTasks();
        return answer;
    }

    private LikesRequest request(String after) {
        if (after != null) {
            query.set("after", after);
        }
        return LikesRequest.ofOneAuthor("alice", query, null, Caller.named("caller"))
                .forPoll();
    }

    private void advance(Duration time) {
        channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    private JsonNode answer(CompletableFuture<byte[]> answer) {
        channel.runPendingTasks();
        assertThat(answer).isDone();
        return json(answer.join());
    }

    private static JsonNode json(byte[] answer) {
        return JsonMapper.shared().readTree(new String(answer, StandardCharsets.UTF_8));
    }

    private static List<String> kinds(JsonNode answer) {
        return answer.path("frames")
                .valueStream()
                .map(frame -> frame.path("kind").stringValue())
                .toList();
    }
}
