package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.web.request.UrlTokens;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import reactor.core.publisher.Mono;

/** The locations of a request in which a token is accepted, and others. */
class BearerTokenConverterTest {

    private static final String PATH = "/v1/authors/alice/likes";
    private static final String PROTOCOL = "Sec-WebSocket-Protocol";

    private static String token(boolean isParameterAllowed, MockServerHttpRequest.BaseBuilder<?> request) {
        AtomicReference<ServerHttpRequest> passedOn = new AtomicReference<>();
        new UrlTokens()
                .apply((without, response) -> {
                    passedOn.set(without);
                    return Mono.empty();
                })
                .handle(request.build(), new MockServerHttpResponse())
                .block();
        return new BearerTokenConverter(isParameterAllowed)
                .convert(MockServerWebExchange.from(request.build())
                        .mutate()
                        .request(passedOn.get())
                        .build())
                .map(Authentication::getCredentials)
                .map(Object::toString)
                .block();
    }

    @Test
    void tokenParameter_isReadOnlyIfEnabled() {
        assertThat(token(false, MockServerHttpRequest.get(PATH + "?access_token=a.b.c")))
                .isNull();
        assertThat(token(true, MockServerHttpRequest.get(PATH + "?access_token=a.b.c")))
                .isEqualTo("a.b.c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"heartline.v1, bearer.a.b.c", "bearer.a.b.c,heartline.v1", " bearer.a.b.c "})
    void tokenAmongSubprotocols_isFound(String offered) {
        assertThat(token(false, MockServerHttpRequest.get(PATH).header(PROTOCOL, offered)))
                .isEqualTo("a.b.c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"heartline.v1", "bearer.", "Bearer.a.b.c", "xbearer.a.b.c", ""})
    void malformedSubprotocol_isNoToken(String offered) {
        assertThat(token(false, MockServerHttpRequest.get(PATH).header(PROTOCOL, offered)))
                .isNull();
    }

    @Test
    void twoTokens_areRefused() {
        for (MockServerHttpRequest.BaseBuilder<?> request : new MockServerHttpRequest.BaseBuilder<?>[] {
            MockServerHttpRequest.get(PATH).header(PROTOCOL, "bearer.a.b.c, bearer.d.e.f"),
            MockServerHttpRequest.get(PATH).header(PROTOCOL, "bearer.a.b.c").header("Authorization", "Bearer d.e.f"),
            MockServerHttpRequest.get(PATH + "?access_token=d.e.f").header(PROTOCOL, "bearer.a.b.c"),
            MockServerHttpRequest.get(PATH + "?access_token=d.e.f").header("Authorization", "Bearer a.b.c")
        }) {
            assertThatExceptionOfType(OAuth2AuthenticationException.class)
                    .isThrownBy(() -> token(true, request))
                    .satisfies(refusal ->
                            assertThat(refusal.getError().getErrorCode()).isEqualTo("invalid_request"));
        }
    }
}
