package io.heartline.web.server;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Forbids browsers to guess another type than {@code Content-Type}. Spring Security does so in {@code jwt} mode only. */
final class NoSniffFilter implements WebFilter, Ordered {

    /** Before any filter that refuses a request. */
    private static final int ORDER = -400;

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse().getHeaders().set("X-Content-Type-Options", "nosniff");
        return chain.filter(exchange);
    }
}
