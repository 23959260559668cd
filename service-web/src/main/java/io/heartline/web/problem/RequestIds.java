package io.heartline.web.problem;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import java.util.UUID;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;

/** Every answer has a {@code Request-Id}, by which a caller can ask about it: what Spring logs of a request begins with it. Imported by a service. */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class RequestIds implements WebFilter, WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

    public static final String HEADER = "Request-Id";

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String id = next();
        exchange.getAttributes().put(ServerWebExchange.LOG_ID_ATTRIBUTE, id);
        exchange.getResponse().getHeaders().set(HEADER, id);
        return chain.filter(exchange);
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        UnreadableRequestHandler forUnreadable = new UnreadableRequestHandler();
        factory.addServerCustomizers(server -> server.doOnChannelInit((observer, channel, remote) ->
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, "heartline.request-id", forUnreadable)));
    }

    private static String next() {
        return UUID.randomUUID().toString();
    }

    /** What cannot be read as a request is answered by the server, and never comes to Spring. */
    @Sharable
    private static final class UnreadableRequestHandler extends ChannelOutboundHandlerAdapter {

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof HttpResponse response
                    && isLast(response)
                    && !response.headers().contains(HEADER)) {
                response.headers().set(HEADER, next());
            }
            context.write(message, promise);
        }

        /** Not a "100 Continue", which another follows. */
        private static boolean isLast(HttpResponse response) {
            return response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
        }
    }
}
