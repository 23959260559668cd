package io.heartline.gateway;

import io.heartline.web.RequestIds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsProcessor;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Scripts of the pages on a list, and of no others, may read; a WebSocket's handshake is held to the same list. Spring's own
 * filter refuses without a word.
 */
final class OriginFilter implements WebFilter {

    private static final byte[] PROBLEM =
            "{\"title\":\"Forbidden\",\"status\":403,\"detail\":\"Pages of this origin may not read here.\"}"
                    .getBytes(StandardCharsets.US_ASCII);

    private final CorsProcessor processor = new DefaultCorsProcessor();
    private final CorsConfiguration cors = new CorsConfiguration();

    /** @param allowedOrigins each exactly as a browser sends it */
    OriginFilter(List<String> allowedOrigins) {
        cors.setAllowedOrigins(allowedOrigins);
        cors.setAllowedMethods(List.of("GET"));
        cors.setAllowedHeaders(List.of("Last-Event-ID", "Authorization"));
        cors.setExposedHeaders(List.of("Retry-After", RequestIds.HEADER));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!processor.process(cors, exchange)) {
            ServerHttpResponse response = exchange.getResponse();
            response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
            return response.writeWith(Mono.just(response.bufferFactory().wrap(PROBLEM)));
        }
        return CorsUtils.isPreFlightRequest(exchange.getRequest()) ? Mono.empty() : chain.filter(exchange);
    }
}
