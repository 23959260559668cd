package io.heartline.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.concurrent.Executor;
import org.reactivestreams.Subscription;
import reactor.core.publisher.MonoSink;

/**
 * Writes a connection's frames to its channel, under Spring's session and Reactor Netty's outbound: on the channel's own
 * thread, one flush a batch, and asking for more only while the channel is writable, so that what piles up is bounded by
 * Netty's high-water mark. Measured in a burst, Reactor's way of a subscription and a promise per frame took twice the CPU.
 */
final class SocketWriter extends ChannelInboundHandlerAdapter implements Socket {

    private static final int AT_ONCE = 64;

    private final Channel channel;
    private final MonoSink<Void> end;
    private Subscription frames;
    private int wanted;

    /** @param end told when there will be no more frames, and why */
    SocketWriter(Channel channel, MonoSink<Void> end) {
        this.channel = channel;
        this.end = end;
    }

    @Override
    public Executor executor() {
        return channel.eventLoop();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        frames = subscription;
        end.onCancel(subscription::cancel);
        channel.eventLoop().execute(this::ask);
    }

    private void ask() {
        if (wanted == 0 && channel.isWritable()) {
            wanted = AT_ONCE;
            frames.request(AT_ONCE);
        }
    }

    @Override
    public void onNext(Frame frame) {
        assert channel.eventLoop().inEventLoop() : "told on another's thread";
        WebSocketFrame message =
                switch (frame.kind()) {
                    case caughtUp -> null;
                    case heartbeat -> new PingWebSocketFrame();
                    default -> new TextWebSocketFrame(Unpooled.wrappedBuffer(frame.json()));
                };
        if (message != null) {
            channel.write(message, channel.voidPromise());
        }
        wanted--;
        ask();
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ask();
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void onError(Throwable e) {
        channel.flush();
        end.error(e);
    }

    @Override
    public void onComplete() {
        channel.flush();
        end.success();
    }
}
