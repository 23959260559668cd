package io.heartline.web.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A handler that closes a TCP connection if no request arrives in time. It also closes a connection on which bytes trickle, which an
 * idle timeout never does. The timeout counts once for the headers and once for the body.
 */
public final class RequestDeadline extends ChannelDuplexHandler {

    private final Duration timeout;
    private Future<?> deadline;
    private boolean isComplete = true;
    /** Requests whose answers are incomplete: more than one if a client sends a request before it has the previous answer. */
    private int pendingResponses;

    /**
     * @param timeout counts from the connection's start, or from the time when the socket has accepted the last answer. It
     *     counts again from the end of the headers
     */
    RequestDeadline(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * Lifts the deadline of the body that is arriving. The reader of the body must have a timeout of its own.
     *
     * @param channel the connection; this method may be called on any thread
     */
    public static void lift(Channel channel) {
        RequestDeadline handler = channel.pipeline().get(RequestDeadline.class);
        if (handler == null) {
            return;
        }
        if (channel.eventLoop().inEventLoop()) {
            handler.requestComplete();
        } else {
            channel.eventLoop().execute(handler::requestComplete);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        arm(context);
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            isComplete = false;
            pendingResponses++;
            disarm();
        }
        if (message instanceof LastHttpContent) {
            requestComplete();
        }
        context.fireChannelRead(message);
    }

    /** Starts the deadline of a body that did not arrive together with its headers. Most bodies do, and need no timer. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!isComplete && deadline == null) {
            arm(context);
        }
        context.fireChannelReadComplete();
    }

    private void requestComplete() {
        isComplete = true;
        if (pendingResponses > 0) {
            disarm();
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            context.write(message, promise);
            if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
                context.pipeline().remove(this); // frames follow instead of requests
            }
        } else if (message instanceof LastHttpContent) {
            pendingResponses = Math.max(0, pendingResponses - 1); // a broken body can be answered a second time
            context.write(message, promise.unvoid().addListener(sent -> responseSent(context, sent.isSuccess())));
        } else {
            context.write(message, promise);
        }
    }

    /** A client that reads slowly cannot ask for more before it has read the answer: {@link ResponseDeadline} limits that time. */
    private void responseSent(ChannelHandlerContext context, boolean isSuccess) {
        if (isSuccess && pendingResponses == 0) {
            arm(context);
        }
    }

    private void arm(ChannelHandlerContext context) {
        disarm();
        deadline = context.executor().schedule(() -> context.close(), timeout.toMillis(), TimeUnit.MILLISECONDS);
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
