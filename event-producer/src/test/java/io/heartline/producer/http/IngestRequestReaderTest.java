package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.like.EventFactory;
import io.heartline.producer.like.IdempotencyKey;
import io.heartline.producer.like.LikeParser;
import io.heartline.producer.limit.CallerRateLimits;
import io.heartline.producer.trace.RequestTracing;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import reactor.core.publisher.Mono;

class IngestRequestReaderTest {

    private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

    private final IngestRequestReader requestReader = new IngestRequestReader(
            new CallerRateLimits(0, 1, TimeMeter.SYSTEM_NANOTIME),
            new RequestTracing(Tracer.NOOP, Propagator.NOOP),
            CLOCK_SKEW);
    private final EventFactory eventFactory =
            new EventFactory(new LikeParser(InstantSource.system(), Duration.ofDays(90), Duration.ofMinutes(5)));

    @ParameterizedTest
    @ValueSource(strings = {"anonymous", "subject anonymous", "subject subject anonymous"})
    void subjectLikeAnonymous_hasItsOwnEventIdsAndLimits(String subject) {
        ServerWebExchange exchange = exchange(subject, "10.0.0.1");

        String id = eventId(exchange);

        assertThat(id).isNotEqualTo(eventId(exchange(null, "10.0.0.1")));
        assertThat(id).isNotEqualTo(eventId(exchange("subject " + subject, "10.0.0.1")));
        assertThat(IngestRequestReader.limitKey(exchange, caller(exchange))).isNotEqualTo("10.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "Anonymous", "anonymous-1", "subject alice", ""})
    void otherSubject_isTheCallerName(String subject) {
        assertThat(caller(exchange(subject, "10.0.0.1"))).isEqualTo(subject);
    }

    @Test
    void withoutToken_limitsCountTheIpv4Address_orTheIpv6Network() {
        assertThat(limitKey("10.0.0.1")).isEqualTo("10.0.0.1");
        assertThat(limitKey("2001:db8:1:2::1")).isEqualTo(limitKey("2001:db8:1:2::2"));
        assertThat(limitKey("2001:db8:1:2::1")).isNotEqualTo(limitKey("2001:db8:1:3::1"));
    }

    @Test
    void tokenExpiry_includesTheClockSkew() {
        Instant exp = Instant.parse("2026-11-27T10:00:00Z");
        Jwt token = Jwt.withTokenValue("-")
                .header("alg", "RS256")
                .subject("alice")
                .expiresAt(exp)
                .build();

        assertThat(requestReader
                        .read(exchangeOf(new JwtAuthenticationToken(token, List.of()), "10.0.0.1"))
                        .block()
                        .expiresAt())
                .isEqualTo(exp.plus(CLOCK_SKEW));
        assertThat(requestReader.read(exchangeOf(null, "10.0.0.1")).block().expiresAt())
                .isNull();
    }

    private String limitKey(String address) {
        ServerWebExchange exchange = exchange(null, address);
        return IngestRequestReader.limitKey(exchange, caller(exchange));
    }

    private String caller(ServerWebExchange exchange) {
        return requestReader.read(exchange).block().caller();
    }

    private String eventId(ServerWebExchange exchange) {
        byte[] like = LikeBodies.like("alice", "bob").getBytes(StandardCharsets.UTF_8);
        return eventFactory
                .ofBody(requestReader.read(exchange).block(), like, 0, like.length)
                .id();
    }

    private static ServerWebExchange exchange(String subject, String address) {
        return exchangeOf(subject == null ? null : (Principal) () -> subject, address);
    }

    private static ServerWebExchange exchangeOf(Principal caller, String address) {
        ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.post("/v1/likes")
                .header(IdempotencyKey.HEADER, "key")
                .remoteAddress(new InetSocketAddress(address, 4711)));
        return new ServerWebExchangeDecorator(exchange) {
            @Override
            @SuppressWarnings("unchecked")
            public <T extends Principal> Mono<T> getPrincipal() {
                return Mono.justOrEmpty((T) caller);
            }
        };
    }
}
