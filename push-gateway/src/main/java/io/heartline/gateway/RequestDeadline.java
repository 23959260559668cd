package io.heartline.gateway;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a TCP connection on which no request arrives in time, counted to the end of its headers: one that says nothing, and
 * one whose bytes trickle, which an idle time-out would let live for ever.
 */
final class RequestDeadline extends ChannelDuplexHandler {

    private final Duration patience;
    private Future<?> deadline;

    /** @param patience from connecting, or from the end of the last answer */
    RequestDeadline(Duration patience) {
        this.patience = patience;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        arm(context);
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            disarm();
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        context.write(message, promise);
        if (message instanceof HttpResponse response
                && response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            context.pipeline().remove(this); // what comes next are no requests
        } else if (message instanceof LastHttpContent) {
            arm(context);
        }
    }

    private void arm(ChannelHandlerContext context) {
        disarm();
        deadline = context.executor().schedule(() -> context.close(), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void disarm() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        disarm();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        disarm();
    }
}
