package io.heartline.web;

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

/**
 * A handler that closes a TCP connection whose client stops reading an answer. Each byte that the socket accepts is progress, so a
 * slow client receives the whole answer. An answer whose end has not been written yet is left to its writer.
 */
final class AnswerDeadline extends ChannelOutboundHandlerAdapter {

    private final Duration maxStall;
    /** Answers whose last byte the socket has not accepted. */
    private int unsent;

    private Future<?> check;

    /** @param maxStall after which a client that has read nothing is disconnected, or at most after twice that time */
    AnswerDeadline(Duration maxStall) {
        this.maxStall = maxStall;
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
            unsent++;
            context.write(message, promise.unvoid().addListener(sent -> sent()));
        } else {
            context.write(message, promise);
        }
    }

    private void sent() {
        unsent--;
        if (unsent == 0) {
            cancel();
        }
    }

    /** Most answers fit into the socket, and need no clock. */
    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        if (unsent > 0 && check == null) {
            schedule(context);
        }
    }

    private void schedule(ChannelHandlerContext context) {
        ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
        if (waiting == null) { // the channel is closed
            return;
        }
        Object first = waiting.current();
        long progress = waiting.currentProgress();
        check = context.executor()
                .schedule(() -> check(context, first, progress), maxStall.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * @param first the buffer that was first in the queue when this check was scheduled
     * @param progress bytes of it that the socket had accepted by then
     */
    private void check(ChannelHandlerContext context, Object first, long progress) {
        check = null;
        ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
        if (waiting == null) {
            return;
        }
        if (waiting.current() == first && waiting.currentProgress() == progress) {
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
