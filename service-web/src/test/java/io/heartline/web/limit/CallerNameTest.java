package io.heartline.web.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

class CallerNameTest {

    private final MockServerHttpRequest request = MockServerHttpRequest.get("/")
            .remoteAddress(new InetSocketAddress("2001:db8:1:2::1", 4711))
            .build();

    @Test
    void token_callerIsTheSubject() {
        Jwt token =
                Jwt.withTokenValue("t").header("alg", "RS256").subject("bob").build();

        assertThat(CallerName.of(new JwtAuthenticationToken(token), request)).isEqualTo("bob");
    }

    @Test
    void noToken_callerIsTheAddressOrNetwork() {
        assertThat(CallerName.of(null, request)).isEqualTo("2001:db8:1:2:0:0:0:0/64");
    }

    @Test
    void noAddress_allCallersShareAName() {
        assertThat(CallerName.of(null, MockServerHttpRequest.get("/").build())).isEqualTo("unknown");
    }
}
