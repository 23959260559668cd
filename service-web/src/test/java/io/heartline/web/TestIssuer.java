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

    /** Length of the key in bits. With 2048 bits, a test JVM needs 500 ms of CPU for the key and 6 ms for each signature. */
    private static final int KEY_BITS = 1024;

    private final RSAKey key;
    private final Path publicKey;

    /** Creates an issuer with a new key, and stores the public key in a temporary file. */
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

    /**
     * Returns the public key as PEM.
     *
     * @return the text of a PEM file
     * @throws JOSEException if the key cannot be encoded
     */
    public String pem() throws JOSEException {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.toRSAPublicKey().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /**
     * Returns settings of a service that accepts tokens of this issuer.
     *
     * @return settings as {@code key=value}
     */
    public String[] settings() {
        return new String[] {
            "heartline.security.mode=jwt",
            "spring.security.oauth2.resourceserver.jwt.public-key-location=" + publicKey.toUri()
        };
    }

    /**
     * Returns the key that signs the tokens.
     *
     * @return the private and public key
     */
    public RSAKey key() {
        return key;
    }

    /** Returns the public key as a JWK set. */
    String jwkSet() {
        return new JWKSet(key.toPublicJWK()).toString();
    }

    /**
     * Returns a token that is valid for 5 minutes.
     *
     * @param subject value of the claim {@code sub}
     * @param scopes values of the claim {@code scope}
     * @return the signed token
     */
    public String token(String subject, String... scopes) {
        return token(claims -> claims.subject(subject).claim("scope", String.join(" ", scopes)));
    }

    /**
     * Returns a token that expires at a given time.
     *
     * @param at value of the claim {@code exp}
     * @param subject value of the claim {@code sub}
     * @param scopes values of the claim {@code scope}
     * @return the signed token
     */
    public String expiring(Instant at, String subject, String... scopes) {
        return token(claims -> claims.subject(subject)
                .claim("scope", String.join(" ", scopes))
                .issueTime(Date.from(at.minus(VALIDITY)))
                .expirationTime(Date.from(at)));
    }

    /**
     * Returns a token with changed claims. By default it has an audience, and is valid for 5 minutes.
     *
     * @param claims changes the default claims
     * @return the signed token
     */
    public String token(UnaryOperator<JWTClaimsSet.Builder> claims) {
        return token(header -> header, claims);
    }

    /**
     * Returns a token with a changed header and changed claims.
     *
     * @param header changes the default header
     * @param claims changes the default claims
     * @return the signed token
     */
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
