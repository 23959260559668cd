package io.heartline.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;

/**
 * Answers a client's pings. If several pings arrive together, it answers only the latest, which
 * <a href="https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3">RFC 6455, 5.5.3</a> allows. While the channel is not writable, it
 * answers none: a client that pings and does not read would fill the memory with pongs. Confined to the channel's event loop.
 */
final class PingResponder extends ChannelInboundHandlerAdapter {

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

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        sendPong();
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stop();
    }

    private void sendScheduledPong() {
        isScheduled = false;
        sendPong();
    }

    private void sendPong() {
        if (latest != null && !isStopped && channel.isWritable()) {
            PongWebSocketFrame pong = new PongWebSocketFrame(Unpooled.wrappedBuffer(latest));
            latest = null;
            channel.writeAndFlush(pong);
        }
    }
}
