package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PingResponderTest {

    private static final int HIGH_WATER_MARK = 64 * 1024;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final PingResponder pongs = new PingResponder(channel);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void ping_isAnsweredWithItsPayload() {
        ping(1);
        channel.runPendingTasks();

        assertThat(answered()).containsExactly(1);
    }

    @Test
    void pingsInOneRead_onlyLatestIsAnswered() {
        ping(1);
        ping(2);
        ping(3);
        channel.runPendingTasks();
        ping(4);
        channel.runPendingTasks();

        assertThat(answered()).containsExactly(3, 4);
    }

    @Test
    void unwritableChannel_answersLatestPingOnceWritable() {
        ByteBuf full = Unpooled.buffer(HIGH_WATER_MARK).writeZero(HIGH_WATER_MARK);
        channel.write(full);
        for (int payload = 1; payload <= 100; payload++) {
            ping(payload);
            channel.runPendingTasks();
        }
        assertThat(ChannelBufferLimit.pendingBytes(channel)).isLessThan(HIGH_WATER_MARK + 200);

        channel.flush();
        pongs.sendPong(); // the stream does so when the channel is writable
        channel.runPendingTasks();
        assertThat(channel.<ByteBuf>readOutbound().release()).isTrue();

        assertThat(answered()).containsExactly(100);
    }

    @Test
    void afterStop_noPingIsAnswered() {
        ping(1);
        pongs.stop();
        ping(2);
        channel.runPendingTasks();

        assertThat(answered()).isEmpty();
    }

    @Test
    void payloads_areNotRetained() {
        ByteBuf payload = Unpooled.buffer(1).writeByte(1);

        pongs.onPing(payload);

        assertThat(payload.refCnt()).isEqualTo(1);
        payload.release();
    }

    private void ping(int payload) {
        ByteBuf bytes = Unpooled.buffer(1).writeByte(payload);
        pongs.onPing(bytes);
        bytes.release();
    }

    private List<Integer> answered() {
        List<Integer> payloads = new ArrayList<>();
        for (ByteBuf pong = channel.readOutbound(); pong != null; pong = channel.readOutbound()) {
            assertThat(pong.readUnsignedShort()).as("a pong of 1 byte").isEqualTo(0x8A01);
            payloads.add((int) pong.readByte());
            pong.release();
        }
        return payloads;
    }
}
