package io.heartline.web.token;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.web.server.authentication.ServerBearerTokenAuthenticationConverter;
import org.springframework.security.web.server.authentication.ServerAuthenticationConverter;

/** Tests that the result is that of Spring Security's converter, in success and in failure. */
class BearerHeaderTest {

    private static String found(ServerAuthenticationConverter converter, String... headers) {
        MockServerWebExchange exchange = MockServerWebExchange.from(
                MockServerHttpRequest.post("/v1/likes").header("Authorization", headers));
        try {
            return converter
                    .convert(exchange)
                    .cast(BearerTokenAuthenticationToken.class)
                    .map(BearerTokenAuthenticationToken::getToken)
                    .block();
        } catch (OAuth2AuthenticationException e) {
            return "refused: " + e.getError().getDescription();
        }
    }

    private static void assertSameAsSpring(String... headers) {
        assertThat(found(new BearerHeader(), headers))
                .isEqualTo(found(new ServerBearerTokenAuthenticationConverter(), headers));
    }

    @Test
    void tokenInTheUsualForm_isFound() {
        assertThat(found(new BearerHeader(), "Bearer eyJhbGciOiJSUzI1NiJ9.e30.a-b_c"))
                .isEqualTo("eyJhbGciOiJSUzI1NiJ9.e30.a-b_c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer a.b-c_D9",
                "bearer a.b",
                "BEARER a.b",
                "Bearer a+b/c~==",
                "Bearer ",
                "Bearer",
                "Bearer  a",
                "Bearer a ",
                "Bearer a b",
                "Bearer a,b",
                "Bearer a=b",
                "Bearer \u00e4",
                "Basic YWxpY2U6c2VjcmV0",
                "",
                "a.b"
            })
    void anyHeader_isTreatedAsSpringTreatsIt(String header) {
        assertSameAsSpring(header);
    }

    @Test
    void severalHeaders_orNone_areTreatedAsSpringTreatsThem() {
        assertSameAsSpring("Bearer a.b", "Bearer c.d");
        assertSameAsSpring("Basic a", "Bearer c.d");
        assertSameAsSpring();
    }
}
