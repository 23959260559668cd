package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.events.Position;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

class ConnectionTest {

    private final FakeLog log = new FakeLog(1 << 20, 8);

    @Test
    void connectionsThatShareAnEventLoop_areWokenByOneTask_64AtATime() {
        Loop one = new Loop();
        Loop other = new Loop();
        List<Told> readers = Stream.concat(
                        Stream.generate(() -> new Told(one)).limit(100),
                        Stream.generate(() -> new Told(other)).limit(64))
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
        assertThat(one.tasks).as("the rest, after what else the loop has to do").hasSize(1);
        one.run();
        other.run();
        assertThat(readers)
                .allSatisfy(reader -> assertThat(reader.kinds).containsExactly(Frame.Kind.hello, Frame.Kind.like));
    }

    @Test
    void whatComesWhileATaskWaits_isToldByIt_andNotByAnother() {
        Loop loop = new Loop();
        Told reader = new Told(loop);
        follow(reader);
        loop.run();

        log.like("alice");
        log.like("alice");

        assertThat(loop.tasks).hasSize(1);
        loop.run();
        assertThat(reader.kinds).endsWith(Frame.Kind.like, Frame.Kind.like);
        assertThat(reader.together).as("frames that were told together").endsWith(2);
        assertThat(reader.flushes).as("hello, and both likes at once").isEqualTo(2);
    }

    @Test
    void aReaderWhoHasBeenToldEverything_isLeftAlone_untilItsHeartbeat() {
        Loop loop = new Loop();
        Told reader = new Told(loop);
        follow(reader);
        loop.run();

        log.tick(Duration.ofSeconds(19));
        assertThat(loop.tasks).isEmpty();
        log.tick(Duration.ofSeconds(1));
        loop.run();

        assertThat(reader.kinds).endsWith(Frame.Kind.heartbeat, Frame.Kind.position);
    }

    @Test
    void aHeartbeat_isAPingAndThePosition_asOneMessage_alsoIfNothingMoved() {
        Loop loop = new Loop();
        Told reader = new Told(loop);
        follow(reader);
        loop.run();
        log.like("alice");
        loop.run();

        log.tick(Duration.ofSeconds(20));
        loop.run();
        assertThat(reader.kinds).endsWith(Frame.Kind.like, Frame.Kind.heartbeat, Frame.Kind.position);
        assertThat(reader.together).endsWith(2);

        log.like("bob");
        log.tick(Duration.ofSeconds(20));
        loop.run();
        assertThat(reader.kinds).endsWith(Frame.Kind.heartbeat, Frame.Kind.position);
        assertThat(reader.positions).endsWith(0L, 0L, 1L);
    }

    @Test
    void aSubscriberThatLeavesWhileItIsTold_isToldNoMore() {
        log.like("alice");
        log.like("alice");
        log.like("alice");
        List<Frame.Kind> kinds = new ArrayList<>();

        log.partition.resume(
                Following.everythingOf("alice"),
                new Position(FakeLog.EPOCH, FakeLog.NUMBER, -1),
                new BaseSubscriber<>() {
                    @Override
                    protected void hookOnNext(Frame frame) {
                        kinds.add(frame.kind());
                        if (frame.kind() == Frame.Kind.like) {
                            cancel();
                        }
                    }
                });

        assertThat(kinds).containsExactly(Frame.Kind.hello, Frame.Kind.like);
    }

    @Test
    void theWorkOfTheLogsThread_doesNotGrowWithFollowers_ofLikesOrDigests() {
        Loop loop = new Loop();
        for (int i = 0; i < 10_000; i++) {
            log.partition.follow(i % 2 == 0 ? Following.everythingOf("alice") : digests("alice"), new Told(loop));
        }
        loop.run();

        log.like("alice");

        assertThat(loop.tasks)
                .as("one task wakes all who want each like, and none who want digests")
                .hasSize(1);
        assertThat(log.count("matched")).isEqualTo(10_000);
    }

    @Test
    void clientsWhoseDigestsBeginAndEndTogether_receiveTheSameFrame() {
        Loop loop = new Loop();
        List<Told> readers = Stream.generate(() -> new Told(loop)).limit(200).toList();
        readers.forEach(reader -> log.partition.follow(digests("alice"), reader));
        log.tick(Duration.ofSeconds(1));
        loop.run();
        log.like("alice");
        log.like("alice");
        log.tick(Duration.ofSeconds(10));
        log.like("alice"); // after the interval's end, while its digest is being sent
        loop.run();

        assertThat(readers).allSatisfy(reader -> {
            assertThat(reader.digests).hasSize(1).containsExactlyElementsOf(readers.get(0).digests);
            assertThat(reader.digests.get(0).position().offset()).isEqualTo(1);
        });
    }

    @Test
    void aLongReplayOfADigest_letsItsEventLoopServeOthers_andSignalsItsEnd() {
        FakeLog large = new FakeLog(600_000, 8);
        for (int i = 0; i < 1_000; i++) {
            large.like("alice");
        }
        Loop loop = new Loop();
        Told reader = new Told(loop);
        large.partition.resume(digests("alice"), new Position(FakeLog.EPOCH, FakeLog.NUMBER, -1), reader);
        large.like("alice");
        loop.tasks.remove().run();
        assertThat(loop.tasks)
                .as("the rest, after what else the loop has to do")
                .hasSize(1);
        assertThat(reader.caughtUp).isZero();
        for (int i = 0; i < 2_000; i++) {
            large.like("alice"); // the ring evicts what it has not read
        }

        loop.run();

        assertThat(reader.caughtUp).isEqualTo(1);
    }

    @Test
    void aConnectionThatCannotBeWoken_isNoReasonNotToEndTheOthers() {
        Loop ended = new Loop();
        Loop loop = new Loop();
        Told lost = new Told(ended);
        Told other = new Told(loop);
        follow(lost);
        follow(other);
        ended.run();
        loop.run();
        ended.refuses = true;

        log.partition.fail(BrokenStreamException.logLost());
        loop.run();

        assertThat(other.end).isInstanceOf(BrokenStreamException.class);
    }

    @Test
    void aTaskThatTheEventLoopRefuses_isNoReasonNeverToWakeAgain() {
        Loop loop = new Loop();
        Told reader = new Told(loop);
        follow(reader);
        loop.run();
        loop.refuses = true;

        assertThatThrownBy(() -> log.like("alice")).isInstanceOf(RejectedExecutionException.class);
        loop.refuses = false;
        log.like("alice");
        loop.run();

        assertThat(reader.kinds).endsWith(Frame.Kind.like, Frame.Kind.like);
    }

    private static Following digests(String author) {
        return new Following(author, Set.of(), Duration.ofSeconds(10), Caller.named("caller"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aReaderThatCannotBeTold_isEnded_andThoseThatShareItsTaskAreTold(Runnable failing) {
        Loop loop = new Loop();
        Told broken = new Told(loop);
        Told behindIt = new Told(loop);
        follow(broken);
        follow(behindIt);
        loop.run();
        broken.failing = failing;

        log.like("alice");
        loop.run();

        assertThat(broken.end).hasMessage("on purpose");
        assertThat(behindIt.kinds).endsWith(Frame.Kind.like);
        assertThat(log.connections()).isEqualTo(1);
        assertThat(log.count("settled", "delivered") + log.count("settled", "abandoned"))
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

    private void follow(Told reader) {
        log.partition.follow(Following.everythingOf("alice"), reader);
    }

    /** A thread that works when a test says so. */
    private static final class Loop implements Executor {

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

    private static final class Told implements Socket {

        final List<Frame.Kind> kinds = new ArrayList<>();
        final List<Long> positions = new ArrayList<>();
        final List<Integer> together = new ArrayList<>();
        int flushes;
        int caughtUp;
        Runnable failing = () -> {};
        Throwable end;
        final List<Frame> digests = new ArrayList<>();
        private final Loop loop;

        Told(Loop loop) {
            this.loop = loop;
        }

        @Override
        public Executor executor() {
            return loop;
        }

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public long unreadBytes() {
            return 0;
        }

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public long lastHeard() {
            return System.nanoTime();
        }

        @Override
        public void onCaughtUp() {
            caughtUp++;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<Frame> frames) {
            together.add(frames.size());
            frames.forEach(this::onNext);
        }

        @Override
        public void onNext(Frame frame) {
            failing.run();
            kinds.add(frame.kind());
            if (frame.kind() == Frame.Kind.digest) {
                digests.add(frame);
            }
            if (frame.position() != null) {
                positions.add(frame.position().offset());
            }
        }

        @Override
        public void onError(Throwable e) {
            end = e;
        }

        @Override
        public void onComplete() {}
    }
}
