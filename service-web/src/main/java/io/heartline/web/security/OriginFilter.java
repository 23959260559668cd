package io.heartline.web.security;

import io.heartline.web.problem.RequestIds;
import java.time.Duration;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsProcessor;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Scripts of a service's own pages and of those on a list may ask, and of no others; a WebSocket's handshake is held to the same.
 * Spring's own filter refuses without a word.
 */
final class OriginFilter implements WebFilter, Ordered {

    /** Before Spring Security: browsers ask beforehand without a token, and scripts want to read why they were refused. */
    private static final int ORDER = -200;

    /** As long as Chromium keeps it; without, 5 s, and each long poll with a token would be two requests. */
    private static final Duration MAX_AGE = Duration.ofHours(2);

    private final CorsProcessor processor = new DefaultCorsProcessor();
    private final CorsConfiguration cors = new CorsConfiguration();

    /** @param allowedOrigins each exactly as a browser sends it */
    OriginFilter(List<String> allowedOrigins) {
        cors.setAllowedOrigins(allowedOrigins);
        cors.setAllowedMethods(List.of("GET", "POST"));
        cors.setAllowedHeaders(List.of(
                "Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID", "Prefer"));
        cors.setExposedHeaders(
                List.of("ETag", "Link", "Location", "Retry-After", RequestIds.HEADER, "WWW-Authenticate"));
        cors.setMaxAge(MAX_AGE);
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!processor.process(cors, exchange)) {
            ErrorResponseException refusal = new ErrorResponseException(HttpStatus.FORBIDDEN);
            refusal.setDetail("Pages of this origin may not ask here.");
            return Mono.error(refusal);
        }
        return CorsUtils.isPreFlightRequest(exchange.getRequest()) ? Mono.empty() : chain.filter(exchange);
    }
}
