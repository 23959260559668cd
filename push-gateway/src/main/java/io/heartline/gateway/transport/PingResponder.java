package io.heartline.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;

/**
 * Answers a client's pings. If several pings arrive together, it answers only the latest, which
 * <a href="https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3">RFC 6455, 5.5.3</a> allows. While the channel is not writable, it
 * answers none: a client that pings and does not read would fill the memory with pongs. Confined to the channel's event loop.
 */
final class PingResponder {

    private final Channel channel;
    private byte[] latest; // the payload of the latest unanswered ping, or null
    private boolean isScheduled;
    private boolean isStopped;

    PingResponder(Channel channel) {
        this.channel = channel;
    }

    /**
     * Schedules a pong.
     *
     * @param payload the ping's payload, at most 125 bytes, which the decoder has checked; still owned by the caller
     */
    void onPing(ByteBuf payload) {
        if (isStopped) {
            return;
        }
        latest = ByteBufUtil.getBytes(payload);
        if (!isScheduled) {
            isScheduled = true;
            channel.eventLoop().execute(this::sendScheduledPong); // after the frames that were read together
        }
    }

    /** Stops answering pings, because no frame may follow a close frame. */
    void stop() {
        isStopped = true;
        latest = null;
    }

    private void sendScheduledPong() {
        isScheduled = false;
        sendPong();
    }

    /** Answers the latest ping, if it is unanswered and the channel is writable. */
    void sendPong() {
        if (latest != null && channel.isWritable()) {
            ByteBuf pong = channel.alloc().directBuffer(WebSocketFraming.CONTROL_HEADER_BYTES + latest.length);
            WebSocketFraming.pong(latest, pong);
            latest = null;
            channel.writeAndFlush(pong, channel.voidPromise());
        }
    }
}
