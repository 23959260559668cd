package io.heartline.bench.server;

import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** Issues tokens (JWT with RS256) for the load, and writes its public key to a file for the services. */
public final class TokenIssuer {

    /** Longer than any run takes. */
    private static final Duration VALIDITY = Duration.ofHours(24);

    private final KeyPair keys;
    private final Path publicKey;

    public TokenIssuer() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            keys = generator.generateKeyPair();
            publicKey = Files.createTempFile("heartline-bench", ".pem");
            publicKey.toFile().deleteOnExit();
            String pem = Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded());
            Files.writeString(publicKey, "-----BEGIN PUBLIC KEY-----\n" + pem + "\n-----END PUBLIC KEY-----\n");
        } catch (GeneralSecurityException e) {
            throw new CannotMeasureException("cannot make a key", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns arguments of a service that accepts these tokens. */
    public List<String> settings() {
        return List.of(
                "--heartline.security.mode=jwt",
                "--spring.security.oauth2.resourceserver.jwt.public-key-location=" + publicKey.toUri());
    }

    /** Returns a new token with claims as identity providers issue them, of some 650 characters. */
    public String token(String scope) {
        return token(scope, "bench");
    }

    /** @param subject the caller, and the only author that {@code likes:read} permits */
    public String token(String scope, String subject) {
        Instant now = Instant.now();
        String claims = Console.format(
                "{\"iss\":\"https://login.example.com/realms/app\",\"sub\":\"%s\",\"aud\":\"heartline\","
                        + "\"iat\":%d,\"exp\":%d,\"jti\":\"%s\",\"scope\":\"%s\"}",
                subject, now.getEpochSecond(), now.plus(VALIDITY).getEpochSecond(), UUID.randomUUID(), scope);
        String signed = encode("{\"alg\":\"RS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.US_ASCII))
                + '.'
                + encode(claims.getBytes(StandardCharsets.US_ASCII));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + '.' + encode(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new CannotMeasureException("cannot sign a token", e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
