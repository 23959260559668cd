package io.heartline.producer.http;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Every answer has a {@code Request-Id}, by which a caller can ask about it: a UUID of version 7. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class RequestIds implements WebFilter {

    public static final String HEADER = "Request-Id";

    private static final NoArgGenerator IDS = Generators.timeBasedEpochGenerator();

    static String next() {
        return IDS.generate().toString();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse().getHeaders().set(HEADER, next());
        return chain.filter(exchange);
    }

    static String of(ServerHttpResponse response) {
        return response.getHeaders().getFirst(HEADER);
    }
}
