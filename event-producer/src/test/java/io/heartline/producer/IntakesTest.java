package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
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

class IntakesTest {

    private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

    private final Intakes intakes = new Intakes(
            new LikeReader(InstantSource.system(), Duration.ofDays(90), Duration.ofMinutes(5)),
            new RateLimit(0, 1, TimeMeter.SYSTEM_NANOTIME),
            new Traces(Tracer.NOOP, Propagator.NOOP),
            CLOCK_SKEW);

    @ParameterizedTest
    @ValueSource(strings = {"anonymous", "subject anonymous", "subject subject anonymous"})
    void subjectLikeAnonymous_namesItsEventsAsNoOtherCallerDoes(String subject) {
        ServerWebExchange exchange = exchange(subject, "10.0.0.1");

        String id = eventId(exchange);

        assertThat(id).isNotEqualTo(eventId(exchange(null, "10.0.0.1")));
        assertThat(id).isNotEqualTo(eventId(exchange("subject " + subject, "10.0.0.1")));
        assertThat(Intakes.limitKey(exchange, caller(exchange))).isNotEqualTo("10.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "Anonymous", "anonymous-1", "subject alice", ""})
    void anyOtherSubject_isTheName(String subject) {
        assertThat(caller(exchange(subject, "10.0.0.1"))).isEqualTo(subject);
    }

    @Test
    void withoutToken_limitsCountTheAddress_orTheNetworkOfIpv6() {
        assertThat(limitKey("10.0.0.1")).isEqualTo("10.0.0.1");
        assertThat(limitKey("2001:db8:1:2::1")).isEqualTo(limitKey("2001:db8:1:2::2"));
        assertThat(limitKey("2001:db8:1:2::1")).isNotEqualTo(limitKey("2001:db8:1:3::1"));
    }

    @Test
    void tokenExpires_whenRequestsWithItBeginToBeRefused() {
        Instant exp = Instant.parse("2026-11-27T10:00:00Z");
        Jwt token = Jwt.withTokenValue("-")
                .header("alg", "RS256")
                .subject("alice")
                .expiresAt(exp)
                .build();

        assertThat(intakes.of(exchangeOf(new JwtAuthenticationToken(token, List.of()), "10.0.0.1"))
                        .block()
                        .expires())
                .isEqualTo(exp.plus(CLOCK_SKEW));
        assertThat(intakes.of(exchangeOf(null, "10.0.0.1")).block().expires()).isNull();
    }

    private String limitKey(String address) {
        ServerWebExchange exchange = exchange(null, address);
        return Intakes.limitKey(exchange, caller(exchange));
    }

    private String caller(ServerWebExchange exchange) {
        return intakes.of(exchange).block().caller();
    }

    private String eventId(ServerWebExchange exchange) {
        byte[] like = Bodies.like("alice", "bob").getBytes(StandardCharsets.UTF_8);
        return intakes.of(exchange).block().event(like, 0, like.length).id();
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
