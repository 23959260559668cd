package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
    private static final int MOST_BYTES = 150_000;

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final GatewayMetrics metrics = new GatewayMetrics(registry);
    private Unread unread = new Unread(MOST_BYTES, metrics);
    private final List<Peer> peers = new ArrayList<>();

    @AfterEach
    void close() {
        peers.forEach(peer -> peer.channel.finishAndReleaseAll());
    }

    @Test
    void asLongAsThereIsMemory_nobodyIsCutOff() {
        Peer one = new Peer().leavingUnread();
        Peer other = new Peer().leavingUnread();

        unread.check();

        assertThat(bytes()).isBetween(2.0 * FULL_BYTES, MOST_BYTES - 1.0);
        assertThat(one.channel.isOpen()).isTrue();
        assertThat(other.channel.isOpen()).isTrue();
    }

    @Test
    void whoeverHasReadNothingForLongest_isCutOff_andNoMoreThanHaveTo() {
        Peer later = new Peer();
        Peer longest = new Peer().leavingUnread();
        unread.check();
        later.leavingUnread();
        unread.check();
        Peer last = new Peer().leavingUnread();

        unread.check();

        assertThat(longest.channel.isOpen()).isFalse();
        assertThat(later.channel.isOpen()).isTrue();
        assertThat(last.channel.isOpen()).isTrue();
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
    void aChannelThatIsNoLongerWrittenTo_isNotCounted() {
        Peer peer = new Peer().leavingUnread();
        peer.channel.pipeline().remove(peer.writer);

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

        peer.writer.cutOff();
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
        final SocketWriter writer;

        Peer() {
            List<SocketWriter> made = new ArrayList<>();
            Mono.<Void>create(end -> made.add(new SocketWriter(
                            channel,
                            new WebSocketConversation(Flux.never(), Duration.ZERO, null, unread, () -> {}),
                            Duration.ofMinutes(1),
                            end,
                            unread)))
                    .onErrorComplete()
                    .subscribe();
            writer = made.get(0);
            channel.pipeline().addFirst(writer);
            peers.add(this);
        }

        /** What is not flushed waits, as it does for a peer that does not read. */
        Peer leavingUnread() {
            writer.onNext(Frame.like(new Position("e", 0, 1), Instant.EPOCH, new byte[FULL_BYTES]));
            return this;
        }
    }
}
