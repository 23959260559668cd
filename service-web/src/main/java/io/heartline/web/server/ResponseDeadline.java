package io.heartline.web.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A handler that closes a TCP connection whose client stops reading an answer. Each byte that the socket accepts is progress, so a
 * slow client receives the whole answer. An answer whose end has not been written yet is left to its writer.
 */
public final class ResponseDeadline extends ChannelOutboundHandlerAdapter {

    private final Duration maxStall;
    /** Answers whose last byte the socket has not accepted. */
    private int pendingResponses;

    /** Whether the last byte of an answer may never come, so that every byte counts. */
    private boolean isStream;

    private Future<?> check;

    /** @param maxStall after which a client that has read nothing is disconnected, or at most after twice that time */
    ResponseDeadline(Duration maxStall) {
        this.maxStall = maxStall;
    }

    /**
     * Applies the deadline to a response without an end: its client is disconnected if it does not read the events. Without this call,
     * the deadline applies to complete responses only.
     *
     * @param response the response, before its first event
     */
    public static void coverStream(ServerHttpResponse response) {
        if (ServerHttpResponseDecorator.getNativeResponse(response) instanceof HttpServerResponse nettyResponse) {
            nettyResponse.withConnection(connection -> coverStream(connection.channel()));
        }
    }

    static void coverStream(Channel channel) {
        channel.eventLoop().execute(() -> {
            ResponseDeadline deadline = channel.pipeline().get(ResponseDeadline.class);
            if (deadline != null) {
                deadline.isStream = true;
            }
        });
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            context.write(message, promise);
            if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
                context.pipeline().remove(this); // frames follow, and no answers
            }
        } else if (message instanceof LastHttpContent) {
            pendingResponses++;
            isStream = false; // the connection may be used for another answer
            context.write(message, promise.unvoid().addListener(sent -> responseSent()));
        } else {
            context.write(message, promise);
        }
    }

    private void responseSent() {
        pendingResponses--;
        if (pendingResponses == 0) {
            cancel();
        }
    }

    /** Most answers fit into the socket, and need no clock. */
    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        if ((pendingResponses > 0 || isStream) && check == null) {
            schedule(context);
        }
    }

    private void schedule(ChannelHandlerContext context) {
        ChannelOutboundBuffer outbound = context.channel().unsafe().outboundBuffer();
        if (outbound == null
                || isStream && outbound.isEmpty()) { // the channel is closed, or the socket has taken everything
            return;
        }
        Object first = outbound.current();
        long progress = outbound.currentProgress();
        check = context.executor()
                .schedule(() -> check(context, first, progress), maxStall.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * @param first the buffer that was first in the queue when this check was scheduled
     * @param progress bytes of it that the socket had accepted by then
     */
    private void check(ChannelHandlerContext context, Object first, long progress) {
        check = null;
        ChannelOutboundBuffer outbound = context.channel().unsafe().outboundBuffer();
        if (outbound == null || outbound.isEmpty()) {
            return;
        }
        if (outbound.current() == first && outbound.currentProgress() == progress) {
            context.close();
        } else {
            schedule(context);
        }
    }

    private void cancel() {
        if (check != null) {
            check.cancel(false);
            check = null;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        cancel();
    }
}
