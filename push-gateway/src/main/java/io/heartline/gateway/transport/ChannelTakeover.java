package io.heartline.gateway.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.AbortedException;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Takes a channel over from Reactor Netty after the head of a response. It discards the end of the response, after which Reactor
 * Netty and Spring drop the request. At this moment it replaces all HTTP handlers by a {@link ChannelWriter}. So an idle stream
 * holds no request, no response and no HTTP codec. Confined to the channel's event loop.
 */
final class ChannelTakeover extends ChannelOutboundHandlerAdapter {

    private final ChannelWriter writer;
    private boolean isDone;

    private ChannelTakeover(ChannelWriter writer) {
        this.writer = writer;
    }

    /**
     * Sends the head of a response, and prepares the takeover. The caller completes the request after the head, without writing a
     * body.
     *
     * @param response the response, with its status and headers
     * @param writer takes the channel over, or is released if the client disconnects earlier
     * @return completes after the head was sent
     */
    static Mono<Void> afterHead(HttpServerResponse response, ChannelWriter writer) {
        Channel channel = channel(response);
        if (!channel.isActive()) {
            return Mono.error(new AbortedException("the client has disconnected"));
        }
        channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, "heartline.takeover", new ChannelTakeover(writer));
        return response.compression(false).sendHeaders().then();
    }

    private static Channel channel(HttpServerResponse response) {
        AtomicReference<Channel> channel = new AtomicReference<>();
        response.withConnection(connection -> channel.set(connection.channel()));
        return channel.get();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof FullHttpResponse) { // an error response instead of the head
            context.pipeline().remove(this);
        }
        if (message instanceof HttpResponse || !(message instanceof LastHttpContent)) {
            context.write(message, promise);
            return;
        }
        ReferenceCountUtil.release(message);
        promise.trySuccess(); // Reactor Netty ends its part of the request
        if (context.channel().isActive()) {
            isDone = true;
            try {
                takeOver(context.pipeline());
            } catch (RuntimeException | Error e) { // for example, no memory
                writer.release();
                context.channel().close();
                throw e;
            }
        }
    }

    private void takeOver(ChannelPipeline pipeline) {
        while (!(pipeline.last() instanceof HttpServerCodec)) {
            pipeline.removeLast();
        }
        writer.addTo(pipeline);
        pipeline.channel().config().setAutoRead(true); // Reactor Netty would do so after the end of the request
        pipeline.remove(NettyPipeline.HttpCodec); // passes on the bytes that it has not decoded
        writer.start();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (!isDone) {
            writer.release();
        }
    }

    /**
     * Makes a graceful shutdown of the server wait until the client has closed its connection. It waits only for connections with
     * operations of Reactor Netty.
     *
     * @param channel a channel that was taken over, whose stream has ended
     */
    static void delayShutdown(Channel channel) {
        new ChannelOperations<>(Connection.from(channel), ConnectionObserver.emptyListener()).bind();
        channel.config().setAutoRead(true); // new operations switch it off
    }
}
