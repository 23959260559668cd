package io.heartline.web.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A handler that reads and discards the rest of a request that was answered early, before its connection is closed. Without it,
 * the kernel resets the connection because bytes are unread. The peer, which is still writing, then loses the answer: nginx
 * replaces it by 502.
 */
public final class LingeringClose extends ChannelDuplexHandler {

    private final Duration timeout;
    private boolean isReceiving;
    private boolean isAnswered;
    private ChannelPromise closing;
    private Future<?> deadline;

    /** @param timeout time for which the rest of a request is read */
    LingeringClose(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * Closes a connection in the middle of an answer as if the answer were complete, so that the peer receives the part that was written.
     *
     * @param channel the connection, on whose event loop this method is called
     */
    public static void close(Channel channel) {
        LingeringClose handler = channel.pipeline().get(LingeringClose.class);
        if (handler != null) {
            handler.isAnswered = true;
        }
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            isReceiving = true;
            isAnswered = false;
        }
        if (message instanceof LastHttpContent) {
            isReceiving = false;
        }
        if (closing == null) {
            context.fireChannelRead(message);
            return;
        }
        ReferenceCountUtil.release(message);
        if (!isReceiving && !closing.isDone()) { // it is done if the client sends further requests
            context.close(closing);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (closing == null) {
            context.fireChannelReadComplete();
        } else {
            context.read();
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean isInformational = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        isAnswered |= message instanceof LastHttpContent && !isInformational;
        context.write(message, promise);
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (closing != null || !isReceiving || !isAnswered) {
            context.close(promise);
            return;
        }
        closing = promise;
        deadline = context.executor().schedule(() -> context.close(promise), timeout.toMillis(), TimeUnit.MILLISECONDS);
        // The client sees immediately that the answer has ended. TLS has no half-close, and its answers have a length.
        if (context.channel() instanceof DuplexChannel channel
                && context.pipeline().get(SslHandler.class) == null) {
            channel.shutdownOutput();
        }
        context.read();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (closing != null) {
            deadline.cancel(false);
            closing.trySuccess();
        }
        context.fireChannelInactive();
    }
}
