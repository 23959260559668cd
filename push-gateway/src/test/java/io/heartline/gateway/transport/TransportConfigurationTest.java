package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class TransportConfigurationTest {

    private static final int UNREAD_BYTES = 65 * 1024;

    private final GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
    private EmbeddedChannel channel;

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void unreadBuffersSet_isTheLimit() {
        writeAndCheck(DataSize.ofKilobytes(64));

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void unreadBuffersNotSet_limitDependsOnDirectMemory() {
        writeAndCheck(null);

        assertThat(channel.isOpen()).isTrue();
    }

    private void writeAndCheck(DataSize unreadBuffers) {
        TransportSettings settings =
                new TransportSettings(DataSize.ofKilobytes(64), unreadBuffers, Duration.ofSeconds(90));
        OutboundBufferLimit limit = new TransportConfiguration().outboundBufferLimit(settings, metrics);
        channel = new EmbeddedChannel(limit.newChannelHandler());
        channel.write(Unpooled.directBuffer(UNREAD_BYTES).writeZero(UNREAD_BYTES));

        limit.check();
    }
}
