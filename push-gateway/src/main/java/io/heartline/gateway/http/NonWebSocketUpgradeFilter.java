package io.heartline.gateway.http;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Removes an {@code Upgrade} header that asks for another protocol than WebSocket, such as h2c. A server may ignore it (RFC 9110,
 * 7.8), so the request is routed as if it had none. Spring's routing can match the header, but compares its value case-sensitively.
 */
@Component
final class NonWebSocketUpgradeFilter implements WebFilter {

    private static final String WEBSOCKET = "websocket";

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        List<String> upgrades = exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.UPGRADE);
        if (upgrades.isEmpty() || isWebSocket(upgrades)) {
            return chain.filter(exchange);
        }
        return chain.filter(exchange.mutate()
                .request(request -> request.headers(headers -> headers.remove(HttpHeaders.UPGRADE)))
                .build());
    }

    private static boolean isWebSocket(List<String> upgrades) {
        return upgrades.stream()
                .flatMap(list -> Stream.of(list.split(",")))
                .map(String::strip)
                .anyMatch(WEBSOCKET::equalsIgnoreCase);
    }
}
