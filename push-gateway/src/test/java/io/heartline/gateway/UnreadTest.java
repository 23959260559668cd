package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
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
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class UnreadTest {

    private static final int FULL_BYTES = 70_000; // and a few: more than Netty's high-water mark
    private static final int MAX_BYTES = 150_000;
    private static final Duration MAX_STALL = Duration.ofSeconds(90);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private Unread unread = new Unread(MAX_BYTES, MAX_STALL, metrics);
    private final List<Peer> peers = new ArrayList<>();
    private long now = System.nanoTime();

    @AfterEach
    void close() {
        peers.forEach(peer -> peer.channel.finishAndReleaseAll());
    }

    @Test
    void belowTheLimit_noSocketIsDisconnected() {
        Peer one = new Peer().leavingUnread();
        Peer other = new Peer().leavingUnread();

        unread.check();

        assertThat(bytes()).isBetween(2.0 * FULL_BYTES, MAX_BYTES - 1.0);
        assertThat(one.channel.isOpen()).isTrue();
        assertThat(other.channel.isOpen()).isTrue();
    }

    @Test
    void aboveTheLimit_theSocketWithTheMostUnreadBytesIsDisconnected_andNoMoreThanNecessary() {
        Peer longest = new Peer().leavingUnread();
        unread.check();
        Peer largest = new Peer().leavingUnread().leavingUnread();

        unread.check();

        assertThat(largest.channel.isOpen()).isFalse();
        assertThat(longest.channel.isOpen()).isTrue();
    }

    @Test
    void amongFullSockets_theOneWithoutProgressForLongestIsDisconnected() {
        Peer stalled = new Peer().leavingUnread();
        Peer steady = new Peer().leavingUnread();
        unread.check(now);
        steady.reading();
        unread.check(now += SECOND);
        steady.leavingUnread();
        unread.check(now += SECOND);
        new Peer().leavingUnread();

        unread.check(now += SECOND);

        assertThat(stalled.channel.isOpen()).isFalse();
        assertThat(steady.channel.isOpen()).isTrue();
    }

    @Test
    void anAnswerOfWhichNothingIsReadForTooLong_isDropped_butAStreamHasItsOwnClocks() {
        Peer stream = new Peer().leavingUnread();
        Peer answer = new Peer().leavingUnread();
        answer.channel.pipeline().remove(answer.writer);
        unread.check(now);
        unread.check(now += MAX_STALL.toNanos());
        assertThat(answer.channel.isOpen()).isTrue();

        unread.check(now += SECOND);

        assertThat(answer.channel.isOpen()).isFalse();
        assertThat(stream.channel.isOpen()).isTrue();
    }

    @Test
    void slowReaderOfALargeAnswer_isNotDropped() {
        Peer answer = new Peer().leavingUnread();
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

    @Test
    void maxUnreadBytesOfASocketExceeded_itIsDisconnectedImmediately_whicheverHandlerWrites() {
        unread = new Unread(Long.MAX_VALUE, MAX_STALL, metrics);
        Peer peer = new Peer();
        ByteBuf kibibyte = Unpooled.directBuffer(1024).writeZero(1024);

        int written = 0;
        while (peer.channel.isOpen() && written < 2 * OutboundLimit.MAX_BYTES) {
            peer.channel.write(kibibyte.retainedDuplicate());
            written += kibibyte.capacity();
            assertThat(OutboundLimit.bytesOf(peer.channel)).isLessThanOrEqualTo(OutboundLimit.MAX_BYTES);
        }

        // each message costs Netty some 100 bytes more
        assertThat(written).isBetween(OutboundLimit.MAX_BYTES * 8 / 10, OutboundLimit.MAX_BYTES + 1024);
        assertThat(peer.channel.isOpen()).isFalse();
        assertThat(kibibyte.refCnt()).isEqualTo(1);
        kibibyte.release();
    }

    @Test
    void howMuchThereMayBe_isASetting() {
        GatewaySettings settings = new Binder(
                        new MapConfigurationPropertySource(Map.of("heartline.gateway.unread-buffers", "64KB")))
                .bind("heartline.gateway", GatewaySettings.class)
                .get();
        unread = new GatewayConfiguration().unread(settings, metrics);
        Peer peer = new Peer().leavingUnread();

        unread.check();

        assertThat(peer.channel.isOpen()).isFalse();
    }

    @Test
    void whoeverReads_isNotCounted() {
        Peer reading = new Peer().leavingUnread();
        reading.channel.flush();

        unread.check();

        assertThat(bytes()).isZero();
    }

    @Test
    void aClosedChannel_isNotCounted() {
        Peer peer = new Peer().leavingUnread();
        peer.channel.close();

        unread.check();

        assertThat(bytes()).isZero();
    }

    /** It is no connection any more, and what it has not read is still there. */
    @Test
    void oneThatWasSentAway_andHasYetToReadWhy_isCounted_andCutOff() {
        FakeLog log = new FakeLog(1 << 20, 100);
        Peer lingering = new Peer();
        log.partition.follow(Following.everythingOf("alice"), lingering.writer);
        lingering.channel.runPendingTasks();
        log.partition.fail(BrokenStreamException.slowReader());
        lingering.channel.runPendingTasks();
        lingering.leavingUnread();
        new Peer().leavingUnread();
        new Peer().leavingUnread();
        assertThat(lingering.channel.isOpen()).isTrue();

        unread.check();
        lingering.channel.runPendingTasks();

        assertThat(lingering.channel.isOpen()).isFalse();
        assertThat(log.closed("slow")).isEqualTo(1);
        assertThat(log.closed("unread")).isZero();
    }

    @Test
    void aConnectionThatIsCutOff_saysWhy() {
        FakeLog log = new FakeLog(1 << 20, 100);
        Peer peer = new Peer();
        log.partition.follow(Following.everythingOf("alice"), peer.writer);
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

    private final class Peer {

        // what is dropped with a channel fails, and says so to whoever is the last to hear of it
        final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
                assertThat(e).isInstanceOf(ClosedChannelException.class);
            }
        });
        final OutboundLimit limit = new OutboundLimit(unread);
        final SocketWriter writer;

        Peer() {
            List<SocketWriter> made = new ArrayList<>();
            Mono.<Void>create(end -> made.add(new SocketWriter(
                            channel,
                            new WebSocketConversation(Flux.never(), Duration.ZERO, null, () -> {}),
                            Duration.ofMinutes(1),
                            end)))
                    .onErrorComplete()
                    .subscribe();
            writer = made.get(0);
            channel.pipeline().addFirst(writer);
            channel.pipeline().addFirst(limit);
            peers.add(this);
        }

        /** What is not flushed waits, as it does for a peer that does not read. */
        Peer leavingUnread() {
            writer.onNext(Frame.like(new Position("e", 0, 1), Instant.EPOCH, new byte[FULL_BYTES]));
            return this;
        }

        void reading() {
            channel.flush();
            channel.releaseOutbound();
        }
    }
}
