package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/** A page whose name has come to mean 127.0.0.1. */
class LoopbackHostsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:8081",
                "LOCALHOST",
                "127.0.0.1:8081",
                "127.1.2.3",
                "[::1]:8081",
                "a.localhost"
            })
    void loopback_isAnswered(String host) {
        assertThat(status(new LoopbackHosts(true), host)).isEqualTo(HttpStatus.OK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8081",
                "localhost.evil.example",
                "evillocalhost",
                "127.0.0.1.evil.example",
                "192.0.2.1",
                "[2001:db8::1]:8081",
                "0.0.0.0"
            })
    void anyOtherName_isNot_exceptWithTokens(String host) {
        assertThat(status(new LoopbackHosts(true), host)).isEqualTo(HttpStatus.MISDIRECTED_REQUEST);
        assertThat(status(new LoopbackHosts(false), host)).isEqualTo(HttpStatus.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:99999999", "localhost:-1"})
    void whatIsNoHost_isABadRequest_andNoDefect(String host) {
        assertThat(status(new LoopbackHosts(true), host)).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(status(new LoopbackHosts(false), host)).isEqualTo(HttpStatus.BAD_REQUEST);
    }

    /** RFC 9112, 3.2. */
    @Test
    void ofTwoHosts_noneIsBelieved() {
        assertThat(status(new LoopbackHosts(true), "localhost", "evil.example")).isEqualTo(HttpStatus.BAD_REQUEST);
        assertThat(status(new LoopbackHosts(false), "a.example", "b.example")).isEqualTo(HttpStatus.BAD_REQUEST);
    }

    private static Object status(LoopbackHosts filter, String... hosts) {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/v1/authors/alice/likes")
                .header("Host", hosts)
                .build());
        return filter.filter(exchange, through -> Mono.empty())
                .<Object>thenReturn(HttpStatus.OK)
                .onErrorResume(ErrorResponseException.class, refusal -> Mono.just((Object) refusal.getStatusCode()))
                .block();
    }
}
