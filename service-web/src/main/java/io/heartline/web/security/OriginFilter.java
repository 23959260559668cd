package io.heartline.web.security;

import io.heartline.web.problem.ApiException;
import io.heartline.web.problem.RequestIds;
import java.time.Duration;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsProcessor;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * A filter that permits requests of scripts only from the service's own pages and from allowed origins. The handshake of a WebSocket
 * has the same rule. Spring's own filter refuses without a body.
 */
final class OriginFilter implements WebFilter, Ordered {

    /** Before Spring Security: a preflight request has no token, and scripts must be able to read the reason of a refusal. */
    private static final int ORDER = -200;

    /** The maximum of Chromium. Its default is 5 s, with which each long poll with a token would be two requests. */
    private static final Duration MAX_AGE = Duration.ofHours(2);

    /** The headers that browsers do not send by themselves. Those with ce- are attributes of a CloudEvent in binary mode. */
    private static final List<String> REQUEST_HEADERS = List.of(
            "Authorization",
            "Content-Encoding",
            "Content-Type",
            "Idempotency-Key",
            "If-None-Match",
            "Last-Event-ID",
            "Prefer",
            "ce-datacontenttype",
            "ce-id",
            "ce-source",
            "ce-specversion",
            "ce-subject",
            "ce-time",
            "ce-type");

    private final CorsProcessor processor = new DefaultCorsProcessor();
    private final CorsConfiguration cors = new CorsConfiguration();
    private final RefusedOrigins refused = new RefusedOrigins();

    /** @param allowedOrigins each exactly as a browser sends it */
    OriginFilter(List<String> allowedOrigins) {
        cors.setAllowedOrigins(allowedOrigins);
        // handlers and scopes decide what a request may do; this list only decides what a browser may send
        cors.setAllowedMethods(List.of("GET", "POST", "PUT", "DELETE"));
        cors.setAllowedHeaders(REQUEST_HEADERS);
        cors.setExposedHeaders(List.of(
                "ETag",
                "Link",
                "Location",
                "RateLimit",
                "RateLimit-Policy",
                "Retry-After",
                RequestIds.HEADER,
                "WWW-Authenticate"));
        cors.setMaxAge(MAX_AGE);
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!processor.process(cors, exchange)) {
            refused.log(exchange.getRequest().getHeaders().getOrigin());
            return Mono.error(ApiException.of(
                    HttpStatus.FORBIDDEN,
                    "Pages of this origin may not send requests here. " + RefusedOrigins.SETTING
                            + " lists the origins that may."));
        }
        return CorsUtils.isPreFlightRequest(exchange.getRequest()) ? Mono.empty() : chain.filter(exchange);
    }
}
