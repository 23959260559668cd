package io.heartline.gateway.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Holds a response with its headers until its body is known. Spring completes the request before, so a waiting client holds neither
 * Spring's exchange nor the headers of its request. Reactor Netty regards the response as being written. So the connection is used
 * for other requests, or closed, as after any response. Confined to the channel's event loop.
 */
public final class HeldResponse extends ChannelOutboundHandlerAdapter {

    private final Mono<Answer> answer;
    private final Runnable onEnd;
    private @Nullable HttpHeaders requestHeaders; // null once they are dropped
    private @Nullable HttpHeaders responseHeaders; // null once they are dropped, because the held response has a copy
    private @Nullable FullHttpResponse held; // null until Spring has completed the request
    private @Nullable Disposable waiting; // null until then
    private boolean isAnswered;

    /**
     * The rest of a response.
     *
     * @param status the status code
     * @param headers replace or complete the held headers
     * @param body the body
     */
    public record Answer(int status, Map<String, String> headers, byte[] body) {}

    private HeldResponse(Mono<Answer> answer, HttpHeaders requestHeaders, HttpHeaders responseHeaders, Runnable onEnd) {
        this.answer = answer;
        this.requestHeaders = requestHeaders;
        this.responseHeaders = responseHeaders;
        this.onEnd = onEnd;
    }

    /**
     * Holds the response to a request. The request must complete after that, without a body.
     *
     * @param exchange the request, and its response with headers that are not sent yet
     * @param answer subscribed when the request has completed, cancelled if the client disconnects; emits on the event loop of the
     *     connection, and never fails
     * @param onEnd runs before the answer is sent, and after the client has disconnected; only its first run may have an effect
     * @return completes without sending anything
     */
    public static Mono<Void> hold(ServerWebExchange exchange, Mono<Answer> answer, Runnable onEnd) {
        HttpServerRequest request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
        HttpServerResponse response = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
        // setComplete runs the actions that Spring has registered for the commit of the response
        return exchange.getResponse()
                .setComplete()
                .then(Mono.<Void>fromRunnable(() -> {
                    Channel channel = channel(response);
                    if (!channel.isActive()) {
                        throw new AbortedException("the client has disconnected");
                    }
                    channel.pipeline()
                            .addBefore(
                                    NettyPipeline.ReactiveBridge,
                                    "heartline.held",
                                    new HeldResponse(
                                            answer, request.requestHeaders(), response.responseHeaders(), onEnd));
                }))
                .doOnError(e -> onEnd.run())
                .doOnCancel(onEnd);
    }

    private static Channel channel(HttpServerResponse response) {
        AtomicReference<Channel> channel = new AtomicReference<>();
        response.withConnection(connection -> channel.set(connection.channel()));
        return channel.get();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (held != null || !(message instanceof FullHttpResponse response)) {
            context.write(message, promise);
            return;
        }
        held = response;
        requestHeaders.clear();
        requestHeaders = null;
        responseHeaders.clear();
        responseHeaders = null;
        waiting = answer.subscribe(rest -> send(rest, context, promise));
    }

    private void send(Answer rest, ChannelHandlerContext context, ChannelPromise promise) {
        isAnswered = true;
        onEnd.run(); // before the client can send its next request
        FullHttpResponse response = held.replace(Unpooled.wrappedBuffer(rest.body()));
        held.release();
        response.setStatus(HttpResponseStatus.valueOf(rest.status()));
        rest.headers().forEach((name, value) -> response.headers().set(name, value));
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, rest.body().length);
        context.pipeline().remove(this); // the connection may be used for other requests
        context.writeAndFlush(response, promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (isAnswered) {
            return;
        }
        onEnd.run();
        if (waiting != null) {
            waiting.dispose();
            held.release();
        }
    }
}
