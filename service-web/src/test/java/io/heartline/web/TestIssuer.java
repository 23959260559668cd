package io.heartline.web;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Issues tokens to tests, with a key of its own. */
public final class TestIssuer {

    private static final Duration VALIDITY = Duration.ofMinutes(5);

    /** A key of 2048 bits takes half a second of CPU in a JVM of tests, and each signature 6 ms. */
    private static final int KEY_BITS = 1024;

    private final RSAKey key;
    private final Path publicKey;

    public TestIssuer() {
        try {
            key = new RSAKeyGenerator(KEY_BITS, true)
                    .keyID(UUID.randomUUID().toString())
                    .generate();
            publicKey = Files.createTempFile("public", ".pem");
            publicKey.toFile().deleteOnExit();
            Files.writeString(publicKey, pem());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String pem() throws JOSEException {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.toRSAPublicKey().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** Settings of a service that believes this issuer, as {@code key=value}. */
    public String[] settings() {
        return new String[] {
            "heartline.security.mode=jwt",
            "spring.security.oauth2.resourceserver.jwt.public-key-location=" + publicKey.toUri()
        };
    }

    public RSAKey key() {
        return key;
    }

    /** What it publishes. */
    String jwkSet() {
        return new JWKSet(key.toPublicJWK()).toString();
    }

    /** Valid for some minutes. */
    public String token(String subject, String... scopes) {
        return token(claims -> claims.subject(subject).claim("scope", String.join(" ", scopes)));
    }

    public String expiring(Instant at, String subject, String... scopes) {
        return token(claims -> claims.subject(subject)
                .claim("scope", String.join(" ", scopes))
                .issueTime(Date.from(at.minus(VALIDITY)))
                .expirationTime(Date.from(at)));
    }

    public String token(UnaryOperator<JWTClaimsSet.Builder> claims) {
        return token(header -> header, claims);
    }

    public String token(UnaryOperator<JWSHeader.Builder> header, UnaryOperator<JWTClaimsSet.Builder> claims) {
        Instant now = Instant.now();
        SignedJWT token = new SignedJWT(
                header.apply(new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID(key.getKeyID())
                                .type(JOSEObjectType.JWT))
                        .build(),
                claims.apply(new JWTClaimsSet.Builder()
                                .audience("heartline")
                                .issueTime(Date.from(now))
                                .expirationTime(Date.from(now.plus(VALIDITY))))
                        .build());
        try {
            token.sign(new RSASSASigner(key, Set.of(AllowWeakRSAKey.getInstance())));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }
}
