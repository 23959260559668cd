package io.heartline.gateway.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.StreamClosedException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests heartbeats, and the close of clients that read or answer nothing. */
class PartitionLivenessTest {

    private static final FollowRequest ALICE = FollowRequest.allLikesOf("alice");

    private final FakePartitionLog log = new FakePartitionLog(1 << 20, 8);

    @Test
    void resumedIdleClient_receivesPosition_immediatelyAndWithEachHeartbeat() {
        log.like("alice");
        IntStream.range(0, 50).forEach(i -> log.like("carol"));

        DemandReader reader = log.resume(ALICE, 0);
        assertThat(reader.received()).containsExactly("hello 0", "position 50");
        log.like("carol");
        log.tick(Duration.ofSeconds(20));

        assertThat(reader.received()).endsWith("position 51");
    }

    @Test
    void fullSocketOfIdleAuthor_isSlow_unlessUnreadBytesDecrease() {
        SilentSink full = new SilentSink(log.now);
        SilentSink reading = new SilentSink(log.now);
        log.follow(ALICE, full);
        log.follow(ALICE, reading);
        log.tick(Duration.ofSeconds(1));
        full.setWritable(false);
        reading.setWritable(false);
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
        log.follow(ALICE, socket);
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
                Stream.generate(() -> log.follow(ALICE)).limit(100).toList();
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
    void clientThatConnectsBetweenTicks_receivesHeartbeatAfterTheInterval() {
        log.tick(Duration.ofSeconds(1));
        log.now += Duration.ofMillis(260).toNanos(); // a slot has begun since the last tick
        DemandReader reader = log.follow(ALICE);

        log.tick(Duration.ofMillis(10));
        log.tick(Duration.ofSeconds(19));
        assertThat(reader.received()).containsExactly("hello -1");
        log.tick(Duration.ofSeconds(1));

        assertThat(reader.received()).containsExactly("hello -1", "position -1");
    }

    @Test
    void tickWhileConnectionOpens_doesNotFail() {
        log.onTimeRead = () -> {
            log.onTimeRead = () -> {};
            log.tick(Duration.ofSeconds(1));
        };

        assertThat(log.follow(ALICE).received()).containsExactly("hello -1");
    }

    @Test
    void slowReader_isNotDead_whenItsSocketIsWritableAgain() {
        SilentSink slow = new SilentSink(log.now);
        log.follow(ALICE, slow);
        log.tick(Duration.ofSeconds(20));
        slow.setWritable(false);
        for (int second = 0; second < 60; second++) {
            slow.unread = 1_000 - second;
            log.tick(Duration.ofSeconds(1));
        }
        slow.setWritable(true);
        log.tick(Duration.ofSeconds(1));
        assertThat(slow.closeReason).as("received no ping for a minute").isNull();

        log.tick(Duration.ofSeconds(50));
        assertThat(slow.closeReason).as("has answered no ping since then").isEqualTo(StreamClosedException.Reason.dead);
    }

    @Test
    void heartbeat_movesIdleReadersPosition() {
        DemandReader reader = log.follow(ALICE);
        log.tick(Duration.ofSeconds(20));
        log.like("carol");
        log.like("carol");
        log.tick(Duration.ofSeconds(20));
        log.tick(Duration.ofSeconds(20));

        assertThat(reader.received()).containsExactly("hello -1", "position -1", "position 1", "position 1");
    }

    @Test
    void unwritableFor30Seconds_isClosed_andWritableIdleReaderIsNot() {
        DemandReader stalled = log.follow(ALICE, 1);
        DemandReader idle = log.follow(FollowRequest.allLikesOf("carol"), 100);
        log.like("alice");
        log.tick(Duration.ofSeconds(1));

        log.tick(Duration.ofSeconds(29));
        assertThat(stalled.error).isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(stalled.error).isInstanceOf(StreamClosedException.class);
        assertThat(idle.error).isNull();
        assertThat(log.count("outcomes", "abandoned")).isEqualTo(1);
    }

    /** The heartbeats of the connection are due after 20 s, 40 s and so on. */
    @ParameterizedTest
    @ValueSource(ints = {5, 70})
    void tokenThatExpiresBetweenHeartbeats_endsConnectionWithinASecond(int expiresIn) {
        Caller caller = new Caller("alice", Duration.ofSeconds(expiresIn));
        DemandReader reader = log.follow(new FollowRequest("alice", Set.of(), Duration.ZERO, caller));
        for (int second = 1; second < expiresIn; second++) {
            log.tick(Duration.ofSeconds(1));
        }
        assertThat(reader.error).isNull();

        log.tick(Duration.ofSeconds(1));

        assertThat(reader.error).hasMessageContaining("expired");
    }

    @Test
    void afterProcessPause_fullSocketIsNotSlow_beforeItsClientCouldRead() {
        SilentSink full = new SilentSink(log.now);
        log.follow(ALICE, full);
        full.setWritable(false);
        log.tick(Duration.ofSeconds(1));

        log.tick(Duration.ofSeconds(60), true);
        log.tick(Duration.ofSeconds(29));
        assertThat(full.closeReason).isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(full.closeReason).isEqualTo(StreamClosedException.Reason.slow);
    }

    @Test
    void silentWritablePeer_isDeadAfterTwoAndAHalfHeartbeats() {
        SilentSink socket = new SilentSink(log.now);
        log.follow(FollowRequest.allLikesOf("alice"), socket);

        log.tick(Duration.ofSeconds(50));
        assertThat(socket.closeReason).isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(socket.closeReason).isEqualTo(StreamClosedException.Reason.dead);
    }

    @Test
    void unwritablePeer_isSlow_notDead() {
        SilentSink socket = new SilentSink(log.now);
        log.follow(FollowRequest.allLikesOf("alice"), socket);
        log.tick(Duration.ofSeconds(45));
        socket.setWritable(false);
        log.like("alice");

        log.tick(Duration.ofSeconds(1));
        log.tick(Duration.ofSeconds(29));
        assertThat(socket.closeReason).as("silent for 75 s").isNull();
        log.tick(Duration.ofSeconds(1));

        assertThat(socket.closeReason).isEqualTo(StreamClosedException.Reason.slow);
    }
}
