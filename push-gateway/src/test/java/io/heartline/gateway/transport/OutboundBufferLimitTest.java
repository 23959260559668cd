package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.fanout.FakePartitionLog;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundBufferLimitTest {

    private static final int FULL_BYTES = 70_000; // more than Netty's high-water mark
    private static final int MAX_BYTES = 150_000;
    private static final Duration MAX_STALL = Duration.ofSeconds(90);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private OutboundBufferLimit unread = new OutboundBufferLimit(MAX_BYTES, MAX_STALL, metrics);
    private final List<TestChannel> peers = new ArrayList<>();
    private long now = System.nanoTime();

    @AfterEach
    void close() {
        peers.forEach(peer -> peer.channel.finishAndReleaseAll());
    }

    @Test
    void belowLimit_noChannelIsDisconnected() {
        TestChannel one = new TestChannel().withUnreadBytes();
        TestChannel other = new TestChannel().withUnreadBytes();

        unread.check();

        assertThat(bytes()).isBetween(2.0 * FULL_BYTES, MAX_BYTES - 1.0);
        assertThat(one.channel.isOpen()).isTrue();
        assertThat(other.channel.isOpen()).isTrue();
    }

    @Test
    void aboveLimit_channelsWithMostUnreadBytesAreDisconnected_asFewAsNecessary() {
        TestChannel longest = new TestChannel().withUnreadBytes();
        unread.check();
        TestChannel largest = new TestChannel().withUnreadBytes().withUnreadBytes();

        unread.check();

        assertThat(largest.channel.isOpen()).isFalse();
        assertThat(longest.channel.isOpen()).isTrue();
    }

    @Test
    void amongFullChannels_longestWithoutProgressIsDisconnected() {
        TestChannel stalled = new TestChannel().withUnreadBytes();
        TestChannel steady = new TestChannel().withUnreadBytes();
        unread.check(now);
        steady.readSome();
        unread.check(now += SECOND);
        steady.withUnreadBytes();
        unread.check(now += SECOND);
        new TestChannel().withUnreadBytes();

        unread.check(now += SECOND);

        assertThat(stalled.channel.isOpen()).isFalse();
        assertThat(steady.channel.isOpen()).isTrue();
    }

    @Test
    void stalledAnswer_isDisconnected_butStalledStreamIsNot() {
        TestChannel stream = new TestChannel().withUnreadBytes();
        TestChannel answer = new TestChannel().withUnreadBytes();
        answer.channel.pipeline().remove(answer.writer);
        unread.check(now);
        unread.check(now += MAX_STALL.toNanos());
        assertThat(answer.channel.isOpen()).isTrue();

        unread.check(now += SECOND);

        assertThat(answer.channel.isOpen()).isFalse();
        assertThat(stream.channel.isOpen()).isTrue();
    }

    @Test
    void slowReaderOfLargeAnswer_isNotDisconnected() {
        TestChannel answer = new TestChannel().withUnreadBytes();
        answer.channel.pipeline().remove(answer.writer);
        ChannelOutboundBuffer waiting = answer.channel.unsafe().outboundBuffer();
        waiting.addFlush();
        unread.check(now);

        for (int i = 0; i < 3; i++) {
            waiting.progress(1_000);
            unread.check(now += 60 * SECOND);
        }

        assertThat(answer.channel.isOpen()).isTrue();
    }

    /** With messages of 8 bytes, a limit that ignores Netty's cost of a message would be exceeded by 56 bytes. */
    @ParameterizedTest
    @ValueSource(ints = {8, 1024})
    void channelLimitExceeded_disconnectsImmediately_whicheverHandlerWrites(int size) {
        unread = new OutboundBufferLimit(Long.MAX_VALUE, MAX_STALL, metrics);
        TestChannel peer = new TestChannel();
        ByteBuf message = Unpooled.directBuffer(size).writeZero(size);

        int pending = 0;
        while (peer.channel.isOpen() && pending < 2 * ChannelBufferLimit.MAX_BYTES) {
            peer.channel.write(message.retainedDuplicate());
            pending += size + ChannelBufferLimit.MESSAGE_COST_BYTES;
            assertThat(ChannelBufferLimit.pendingBytes(peer.channel)).isLessThanOrEqualTo(ChannelBufferLimit.MAX_BYTES);
        }

        assertThat(pending).isBetween(ChannelBufferLimit.MAX_BYTES + 1, ChannelBufferLimit.MAX_BYTES + 2_000);
        assertThat(peer.channel.isOpen()).isFalse();
        assertThat(message.refCnt()).isEqualTo(1);
        message.release();
    }

    @Test
    void channelWithoutUnreadBytes_countsZero() {
        TestChannel reading = new TestChannel().withUnreadBytes();
        reading.channel.flush();

        unread.check();

        assertThat(bytes()).isZero();
    }

    /** A channel is examined only while it has unread bytes. */
    @Test
    void channelThatWritesAgain_isCountedAgain_andItsStallBeginsThen() {
        TestChannel answer = new TestChannel().withUnreadBytes();
        answer.channel.pipeline().remove(answer.writer);
        unread.check(now);
        answer.readSome();
        unread.check(now += SECOND);
        assertThat(bytes()).isZero();

        answer.withUnreadBytes();
        unread.check(now += 10 * MAX_STALL.toNanos());

        assertThat(bytes()).isGreaterThan(FULL_BYTES);
        assertThat(answer.channel.isOpen()).isTrue();
        unread.check(now += MAX_STALL.toNanos() + SECOND);
        assertThat(answer.channel.isOpen()).isFalse();
    }

    @Test
    void closedChannel_isNotCounted() {
        TestChannel peer = new TestChannel().withUnreadBytes();
        peer.channel.close();

        unread.check();

        assertThat(bytes()).isZero();
    }

    /** The connection has ended, but its unread bytes are still in memory. */
    @Test
    void closingChannelWithUnreadBytes_isCounted_andDisconnected() {
        FakePartitionLog log = new FakePartitionLog(1 << 20, 100);
        TestChannel closing = new TestChannel();
        log.follow(FollowRequest.allLikesOf("alice"), closing.writer);
        closing.channel.runPendingTasks();
        log.partition.fail(StreamClosedException.slowReader());
        closing.channel.runPendingTasks();
        closing.withUnreadBytes();
        unread.check(now);
        new TestChannel().withUnreadBytes();
        new TestChannel().withUnreadBytes();
        assertThat(closing.channel.isOpen()).isTrue();

        unread.check(now += SECOND);
        closing.channel.runPendingTasks();

        assertThat(closing.channel.isOpen()).isFalse();
        assertThat(log.closed("slow")).isEqualTo(1);
        assertThat(log.closed("unread")).isZero();
    }

    /** Examples are pongs. The connection has no frame to send, so it learns only from the channel that the channel is full. */
    @Test
    void channelThatOtherBytesFill_isSlowAfterTheStallTimeout() {
        FakePartitionLog log = new FakePartitionLog(1 << 20, 100);
        TestChannel peer = new TestChannel();
        log.follow(FollowRequest.allLikesOf("alice"), peer.writer);
        peer.channel.runPendingTasks();
        log.tick(Duration.ofSeconds(1));
        peer.channel.write(Unpooled.wrappedBuffer(new byte[FULL_BYTES]));
        peer.channel.runPendingTasks();

        for (int second = 0; second < 31; second++) {
            log.tick(Duration.ofSeconds(1));
            peer.channel.runPendingTasks();
        }

        assertThat(log.closed("slow")).isEqualTo(1);
    }

    @Test
    void disconnectedConnection_hasReasonUnread() {
        FakePartitionLog log = new FakePartitionLog(1 << 20, 100);
        TestChannel peer = new TestChannel();
        log.follow(FollowRequest.allLikesOf("alice"), peer.writer);
        peer.channel.runPendingTasks();

        peer.limit.disconnect();
        peer.channel.runPendingTasks();

        assertThat(peer.channel.isOpen()).isFalse();
        assertThat(log.closed("unread")).isEqualTo(1);
        assertThat(log.connections()).isZero();
    }

    private double bytes() {
        return registry.get("heartline.gateway.unread").gauge().value();
    }

    private final class TestChannel {

        // a message that is dropped with its channel fails, and the exception reaches the last handler
        final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
                assertThat(e).isInstanceOf(ClosedChannelException.class);
            }
        });
        final ChannelBufferLimit limit = new ChannelBufferLimit(unread);
        final ChannelWriter writer =
                new WebSocketStream(sink -> {}, WebSocketStreamTest.IGNORED, Duration.ofMinutes(1), metrics, () -> {});

        TestChannel() {
            channel.pipeline().addFirst(writer);
            channel.pipeline().addFirst(limit);
            peers.add(this);
        }

        /** Writes without a flush, so the bytes wait as they do for a client that does not read. */
        TestChannel withUnreadBytes() {
            writer.write(List.of(Frame.like(new Position("e", 0, 1), Instant.EPOCH, new byte[FULL_BYTES])));
            return this;
        }

        void readSome() {
            channel.flush();
            channel.releaseOutbound();
        }
    }
}
