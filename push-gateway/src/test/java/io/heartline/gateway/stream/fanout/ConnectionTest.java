package io.heartline.gateway.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.StreamClosedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConnectionTest {

    private final FakePartitionLog log = new FakePartitionLog(1 << 20, 8);

    @Test
    void connectionsOfOneEventLoop_areWokenByOneTask_atMost64PerRun() {
        ManualEventLoop one = new ManualEventLoop();
        ManualEventLoop other = new ManualEventLoop();
        List<RecordingSink> readers = Stream.concat(
                        Stream.generate(() -> new RecordingSink(one)).limit(100),
                        Stream.generate(() -> new RecordingSink(other)).limit(64))
                .toList();
        readers.forEach(this::follow);
        one.run();
        other.run();

        log.like("alice");

        assertThat(one.tasks).hasSize(1);
        assertThat(other.tasks).hasSize(1);
        one.tasks.remove().run();
        assertThat(readers.stream().filter(reader -> reader.kinds.contains(Frame.Kind.like)))
                .hasSize(64);
        assertThat(one.tasks).as("the rest runs after other tasks of the loop").hasSize(1);
        one.run();
        other.run();
        assertThat(readers)
                .allSatisfy(reader -> assertThat(reader.kinds).containsExactly(Frame.Kind.hello, Frame.Kind.like));
    }

    @Test
    void eventsWhileTaskIsQueued_areSentByThatTask() {
        ManualEventLoop loop = new ManualEventLoop();
        RecordingSink reader = new RecordingSink(loop);
        follow(reader);
        loop.run();

        log.like("alice");
        log.like("alice");

        assertThat(loop.tasks).hasSize(1);
        loop.run();
        assertThat(reader.kinds).endsWith(Frame.Kind.like, Frame.Kind.like);
        assertThat(reader.batchSizes).as("frames that were written together").endsWith(2);
        assertThat(reader.flushes)
                .as("one flush for hello, and one for both likes")
                .isEqualTo(2);
    }

    @Test
    void caughtUpReader_isNotWokenBeforeHeartbeat() {
        ManualEventLoop loop = new ManualEventLoop();
        RecordingSink reader = new RecordingSink(loop);
        follow(reader);
        loop.run();

        log.tick(Duration.ofSeconds(19));
        assertThat(loop.tasks).isEmpty();
        log.tick(Duration.ofSeconds(1));
        loop.run();

        assertThat(reader.kinds).endsWith(Frame.Kind.heartbeat, Frame.Kind.position);
    }

    @Test
    void heartbeat_isPingAndPositionInOneMessage_evenIfUnchanged() {
        ManualEventLoop loop = new ManualEventLoop();
        RecordingSink reader = new RecordingSink(loop);
        follow(reader);
        loop.run();
        log.like("alice");
        loop.run();

        log.tick(Duration.ofSeconds(20));
        loop.run();
        assertThat(reader.kinds).endsWith(Frame.Kind.like, Frame.Kind.heartbeat, Frame.Kind.position);
        assertThat(reader.batchSizes).endsWith(2);

        log.like("bob");
        log.tick(Duration.ofSeconds(20));
        loop.run();
        assertThat(reader.kinds).endsWith(Frame.Kind.heartbeat, Frame.Kind.position);
        assertThat(reader.positions).endsWith(0L, 0L, 1L);
    }

    @Test
    void sinkThatCancelsInWrite_receivesNoFurtherBatch() {
        log.like("alice");
        log.like("alice");
        log.like("alice");
        ManualEventLoop loop = new ManualEventLoop();
        RecordingSink reader = new RecordingSink(loop);
        reader.writableFrames = 1;
        reader.onFrame = () -> {
            if (reader.kinds.contains(Frame.Kind.hello)) {
                reader.source.cancel();
            }
        };

        log.resume(
                FollowRequest.allLikesOf("alice"),
                new Position(FakePartitionLog.EPOCH, FakePartitionLog.PARTITION, -1),
                reader);
        loop.run();

        assertThat(reader.kinds).containsExactly(Frame.Kind.hello, Frame.Kind.like);
    }

    @Test
    void event_submitsOneTaskPerEventLoop_forAnyNumberOfFollowers() {
        ManualEventLoop loop = new ManualEventLoop();
        for (int i = 0; i < 10_000; i++) {
            log.follow(i % 2 == 0 ? FollowRequest.allLikesOf("alice") : digests("alice"), new RecordingSink(loop));
        }
        loop.run();

        log.like("alice");

        assertThat(loop.tasks).as("one task wakes the readers without digests").hasSize(1);
        assertThat(log.count("matched")).isEqualTo(10_000);
    }

    @Test
    void digestsOfSameRange_areOneSharedFrame() {
        ManualEventLoop loop = new ManualEventLoop();
        List<RecordingSink> readers =
                Stream.generate(() -> new RecordingSink(loop)).limit(200).toList();
        readers.forEach(reader -> log.follow(digests("alice"), reader));
        log.tick(Duration.ofSeconds(1));
        loop.run();
        log.like("alice");
        log.like("alice");
        log.tick(Duration.ofSeconds(10));
        log.like("alice"); // after the end of the interval, before its digest is sent
        loop.run();

        assertThat(readers).allSatisfy(reader -> {
            assertThat(reader.digests).hasSize(1).containsExactlyElementsOf(readers.get(0).digests);
            assertThat(reader.digests.get(0).position().offset()).isEqualTo(1);
        });
    }

    @Test
    void longDigestReplay_yieldsToEventLoop_andSignalsCaughtUp() {
        FakePartitionLog large = new FakePartitionLog(600_000, 8);
        for (int i = 0; i < 1_000; i++) {
            large.like("alice");
        }
        ManualEventLoop loop = new ManualEventLoop();
        RecordingSink reader = new RecordingSink(loop);
        large.resume(digests("alice"), new Position(FakePartitionLog.EPOCH, FakePartitionLog.PARTITION, -1), reader);
        large.like("alice");
        loop.tasks.remove().run();
        assertThat(loop.tasks).as("the rest runs after other tasks of the loop").hasSize(1);
        assertThat(reader.timesCaughtUp).isZero();
        for (int i = 0; i < 2_000; i++) {
            large.like("alice"); // the ring evicts what it has not read
        }

        loop.run();

        assertThat(reader.timesCaughtUp).isEqualTo(1);
    }

    @Test
    void wakeFails_otherConnectionsStillEnd() {
        ManualEventLoop ended = new ManualEventLoop();
        ManualEventLoop loop = new ManualEventLoop();
        RecordingSink lost = new RecordingSink(ended);
        RecordingSink other = new RecordingSink(loop);
        follow(lost);
        follow(other);
        ended.run();
        loop.run();
        ended.refuses = true;

        log.partition.fail(StreamClosedException.logLost());
        loop.run();

        assertThat(other.error).isInstanceOf(StreamClosedException.class);
    }

    @Test
    void eventLoopRejectsTask_nextEventWakesAgain() {
        ManualEventLoop loop = new ManualEventLoop();
        RecordingSink reader = new RecordingSink(loop);
        follow(reader);
        loop.run();
        loop.refuses = true;

        assertThatThrownBy(() -> log.like("alice")).isInstanceOf(RejectedExecutionException.class);
        loop.refuses = false;
        log.like("alice");
        loop.run();

        assertThat(reader.kinds).endsWith(Frame.Kind.like, Frame.Kind.like);
    }

    /** The followers are more than one step examines. */
    @Test
    void eventLoopRejectsTask_tickWakesAllFollowersWithinASecond() {
        ManualEventLoop loop = new ManualEventLoop();
        List<RecordingSink> readers =
                Stream.generate(() -> new RecordingSink(loop)).limit(1_500).toList();
        readers.forEach(this::follow);
        loop.run();
        log.tick(Duration.ofSeconds(1));
        loop.run();
        loop.refuses = true;
        assertThatThrownBy(() -> log.like("alice")).isInstanceOf(RejectedExecutionException.class);
        loop.refuses = false;

        log.tick(Duration.ofSeconds(1));
        loop.run();

        assertThat(readers).allSatisfy(reader -> assertThat(reader.kinds).endsWith(Frame.Kind.like));
        assertThat(log.count("outcomes", "delivered")).isEqualTo(1_500);
    }

    @Test
    void heartbeatsOfOneTick_areOneTaskOfEachEventLoop() {
        List<ManualEventLoop> loops = List.of(new ManualEventLoop(), new ManualEventLoop());
        List<RecordingSink> readers = IntStream.range(0, 100)
                .mapToObj(i -> new RecordingSink(loops.get(i % 2)))
                .toList();
        readers.forEach(this::follow);
        loops.forEach(ManualEventLoop::run);

        log.tick(Duration.ofSeconds(20));

        assertThat(loops).allSatisfy(loop -> assertThat(loop.tasks).hasSize(1));
        loops.forEach(ManualEventLoop::run);
        assertThat(readers)
                .allSatisfy(reader -> assertThat(reader.kinds).endsWith(Frame.Kind.heartbeat, Frame.Kind.position));
    }

    private static FollowRequest digests(String author) {
        return new FollowRequest(author, Set.of(), Duration.ofSeconds(10), Caller.named("caller"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void sendFails_connectionEnds_andOthersOfTheTaskReceive(Runnable failing) {
        ManualEventLoop loop = new ManualEventLoop();
        RecordingSink broken = new RecordingSink(loop);
        RecordingSink next = new RecordingSink(loop);
        follow(broken);
        follow(next);
        loop.run();
        broken.onFrame = failing;

        log.like("alice");
        loop.run();

        assertThat(broken.error).hasMessage("on purpose");
        assertThat(next.kinds).endsWith(Frame.Kind.like);
        assertThat(log.connections()).isEqualTo(1);
        assertThat(log.count("outcomes", "delivered") + log.count("outcomes", "abandoned"))
                .isEqualTo(log.count("matched"));
    }

    static List<Runnable> failures() {
        return List.of(
                () -> {
                    throw new IllegalStateException("on purpose");
                },
                () -> {
                    throw new Error("on purpose");
                });
    }

    private void follow(RecordingSink reader) {
        log.follow(FollowRequest.allLikesOf("alice"), reader);
    }

    /** An event loop that runs its tasks when a test calls {@link #run}. */
    private static final class ManualEventLoop implements Executor {

        final Queue<Runnable> tasks = new ArrayDeque<>();
        boolean refuses;

        @Override
        public void execute(Runnable task) {
            if (refuses) {
                throw new RejectedExecutionException("on purpose");
            }
            tasks.add(task);
        }

        void run() {
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        }
    }

    private static final class RecordingSink implements FrameSink {

        final List<Frame.Kind> kinds = new ArrayList<>();
        final List<Long> positions = new ArrayList<>();
        final List<Integer> batchSizes = new ArrayList<>();
        final List<Frame> digests = new ArrayList<>();
        int writableFrames = Integer.MAX_VALUE;
        int flushes;
        int timesCaughtUp;
        Runnable onFrame = () -> {};
        FrameSource source;
        Throwable error;
        private final ManualEventLoop loop;

        RecordingSink(ManualEventLoop loop) {
            this.loop = loop;
        }

        @Override
        public Executor eventLoop() {
            return loop;
        }

        @Override
        public void opened(FrameSource opened) {
            source = opened;
        }

        @Override
        public int writableFrames() {
            return writableFrames;
        }

        @Override
        public void write(List<Frame> frames) {
            batchSizes.add(frames.size());
            for (Frame frame : frames) {
                onFrame.run();
                kinds.add(frame.kind());
                if (frame.kind() == Frame.Kind.digest) {
                    digests.add(frame);
                }
                if (frame.position() != null) {
                    positions.add(frame.position().offset());
                }
            }
        }

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public void caughtUp() {
            timesCaughtUp++;
        }

        @Override
        public void close(Throwable why) {
            error = why;
        }

        @Override
        public long unreadBytes() {
            return 0;
        }

        @Override
        public long lastHeard() {
            return System.nanoTime();
        }
    }
}
