package io.heartline.gateway.http;

import static io.heartline.events.FuzzTestBase.require;

import com.nimbusds.jose.JOSEException;
import io.heartline.web.TestIssuer;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.converter.RsaKeyConverters;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/** For any handshake the converter finds one token, none, or refuses; and only an issued token is valid. */
public final class BearerTokenConverterFuzz {

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final String[] ISSUED = ISSUER.token("alice", "likes:read").split("\\.");
    private static final NimbusReactiveJwtDecoder DECODER = decoder();
    private static final BearerTokenConverter TOKENS = new BearerTokenConverter(false);

    private BearerTokenConverterFuzz() {}

    /**
     * Converts a handshake.
     *
     * @param input {@code Authorization}, then a line for each value of {@code Sec-WebSocket-Protocol}; {@code $h}, {@code $c}
     *     and {@code $s} are replaced by the parts of a valid token
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String[] lines = new String(input, StandardCharsets.ISO_8859_1)
                .replace("$h", ISSUED[0])
                .replace("$c", ISSUED[1])
                .replace("$s", ISSUED[2])
                .split("\n", -1);
        String[] offered = Arrays.copyOfRange(lines, 1, lines.length);
        MockServerHttpRequest.BaseBuilder<?> request =
                MockServerHttpRequest.method(HttpMethod.GET, URI.create("http://localhost/v1/authors/alice/likes"));
        if (!lines[0].isEmpty()) {
            request.header("Authorization", lines[0]);
        }
        if (offered.length > 0) {
            request.header("Sec-WebSocket-Protocol", offered);
        }
        String token = token(MockServerWebExchange.from(request));
        long tokens = Arrays.stream(String.join(",", offered).split(","))
                .filter(protocol -> protocol.strip().matches("bearer\\..+"))
                .count();
        require(token == null || tokens < 2, "several subprotocol tokens are refused");
        require(
                token == null || tokens == 0 || lines[0].isEmpty() || !isBearer(lines[0]),
                "a token in the header and in a subprotocol is refused");
        if (token != null) {
            require(token.matches("[A-Za-z0-9._~+/-]+=*"), "a token has the same syntax everywhere");
            requireIssued(token);
        }
    }

    private static boolean isBearer(String authorization) {
        return authorization.regionMatches(true, 0, "bearer", 0, 6);
    }

    /** Returns the token; null if there is none or the handshake is refused. */
    private static String token(MockServerWebExchange exchange) {
        try {
            return TOKENS.convert(exchange).block() instanceof BearerTokenAuthenticationToken token
                    ? token.getToken()
                    : null;
        } catch (OAuth2AuthenticationException e) {
            return null;
        }
    }

    private static void requireIssued(String token) {
        try {
            Jwt decoded = DECODER.decode(token).block();
            String[] parts = token.split("\\.");
            require(
                    parts[0].equals(ISSUED[0]) && parts[1].equals(ISSUED[1]),
                    "a valid token has the issued header and claims");
            require(decoded.getSubject().equals("alice"), "a valid token has the issued subject");
        } catch (JwtException e) {
            // expected for any token that was not issued
        }
    }

    private static NimbusReactiveJwtDecoder decoder() {
        try {
            byte[] key = ISSUER.pem().getBytes(StandardCharsets.US_ASCII);
            NimbusReactiveJwtDecoder decoder = NimbusReactiveJwtDecoder.withPublicKey(
                            RsaKeyConverters.x509().convert(new ByteArrayInputStream(key)))
                    .build();
            decoder.setJwtValidator(any -> OAuth2TokenValidatorResult.success()); // the library tests times and claims
            return decoder;
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
