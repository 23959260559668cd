package io.heartline.bench.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class TokenIssuerTest {

    @Test
    void token_isSignedWithTheKeyOfTheServices() throws Exception {
        TokenIssuer issuer = new TokenIssuer();
        String token = issuer.token("likes:write");

        int end = token.lastIndexOf('.');
        String pem = Files.readString(publicKey(issuer)).replaceAll("-----[A-Z ]+-----", "");
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getMimeDecoder().decode(pem))));
        signature.update(token.substring(0, end).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(token.substring(end + 1))))
                .isTrue();
        assertThat(token).hasSizeBetween(600, 700);
    }

    @Test
    void token_hasTheScopeAndTheAudienceOfTheServices() {
        TokenIssuer issuer = new TokenIssuer();
        String claims = new String(
                Base64.getUrlDecoder().decode(issuer.token("likes:write").split("\\.")[1]), StandardCharsets.US_ASCII);

        assertThat(claims).contains("\"aud\":\"heartline\"", "\"scope\":\"likes:write\"");
    }

    @Test
    void tokensOfTheSameSecond_differ() {
        TokenIssuer issuer = new TokenIssuer();

        assertThat(issuer.token("likes:read")).isNotEqualTo(issuer.token("likes:read"));
    }

    @Test
    void tokenOfASubject_namesIt() {
        String claims = new String(
                Base64.getUrlDecoder()
                        .decode(new TokenIssuer()
                                .token("likes:read", "author-7")
                                .split("\\.")[1]),
                StandardCharsets.US_ASCII);

        assertThat(claims).contains("\"sub\":\"author-7\"", "\"scope\":\"likes:read\"");
    }

    private static Path publicKey(TokenIssuer issuer) {
        return issuer.settings().stream()
                .filter(setting -> setting.contains("public-key-location="))
                .map(setting -> Path.of(URI.create(setting.substring(setting.indexOf('=') + 1))))
                .findFirst()
                .orElseThrow();
    }
}
