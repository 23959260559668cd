package io.heartline.web.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;

/** A channel whose socket accepts as many bytes as its peer reads, and whose clock the test moves. */
final class SlowChannel extends EmbeddedChannel {

    private long room;

    SlowChannel() {
        freezeTime();
    }

    /** Reads as the peer, so that the socket accepts more bytes. */
    void read(long bytes) {
        room += bytes;
        unsafe().flush();
        runPendingTasks();
    }

    void pass(long seconds) {
        advanceTimeBy(seconds, TimeUnit.SECONDS);
        runPendingTasks();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer waiting) {
        while (room > 0 && waiting.current() != null) {
            int accepted = (int) Math.min(room, ((ByteBuf) waiting.current()).readableBytes());
            room -= accepted;
            waiting.removeBytes(accepted);
            if (accepted == 0) { // an empty buffer
                waiting.remove();
            }
        }
    }
}
