package io.heartline.web.problem;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;

/**
 * A filter that gives every response a {@code Request-Id}: a UUID of version 7, by which a caller can ask about the response.
 * Spring's log lines about a request begin with it.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class RequestIds implements WebFilter, WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

    /** The name of the response header. */
    public static final String HEADER = "Request-Id";

    private static final NoArgGenerator IDS = Generators.timeBasedEpochGenerator();

    private final @Nullable UnreadableRequestBody unreadableRequestBody;

    /** @param unreadableRequestBody null if the response to an unreadable request has no body */
    RequestIds(@Nullable UnreadableRequestBody unreadableRequestBody) {
        this.unreadableRequestBody = unreadableRequestBody;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String id = next();
        exchange.getAttributes().put(ServerWebExchange.LOG_ID_ATTRIBUTE, id);
        exchange.getResponse().getHeaders().set(HEADER, id);
        return chain.filter(exchange);
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        UnreadableRequestHandler handler = new UnreadableRequestHandler(unreadableRequestBody);
        factory.addServerCustomizers(server -> server.doOnChannelInit((observer, channel, remote) ->
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, "heartline.request-id", handler)));
    }

    /**
     * Returns the request id of a response.
     *
     * @param response the response
     * @return null if no request id has been set
     */
    public static @Nullable String of(ServerHttpResponse response) {
        return response.getHeaders().getFirst(HEADER);
    }

    private static String next() {
        return IDS.generate().toString();
    }

    /**
     * Adds the request id to responses that do not come from Spring. The server itself answers a request that it cannot read, for
     * example because its headers are too long.
     */
    @Sharable
    private static final class UnreadableRequestHandler extends ChannelOutboundHandlerAdapter {

        private final @Nullable UnreadableRequestBody body;

        UnreadableRequestHandler(@Nullable UnreadableRequestBody body) {
            this.body = body;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof HttpResponse response
                    && isFinal(response)
                    && !response.headers().contains(HEADER)) {
                String id = next();
                response.headers().set(HEADER, id);
                if (body != null
                        && response instanceof FullHttpResponse bare
                        && response.status().code() >= HttpStatus.BAD_REQUEST.value()) {
                    context.write(withProblem(context, bare, body, id), promise);
                    return;
                }
            }
            context.write(message, promise);
        }

        private static FullHttpResponse withProblem(
                ChannelHandlerContext context, FullHttpResponse bare, UnreadableRequestBody body, String id) {
            byte[] problem = body.problem(HttpStatus.valueOf(bare.status().code()), id);
            bare.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE)
                    .set(HttpHeaderNames.CONTENT_LENGTH, problem.length);
            FullHttpResponse response =
                    bare.replace(context.alloc().buffer(problem.length).writeBytes(problem));
            bare.release();
            return response;
        }

        /** Returns false for a response such as "100 Continue", which another response follows. */
        private static boolean isFinal(HttpResponse response) {
            return response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
        }
    }
}
