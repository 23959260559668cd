package io.heartline.reports.settings;

import io.heartline.reports.failure.HashSecretException;
import io.heartline.reports.fold.KeyedHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.StringUtils;

/**
 * The secret under which likers and pairs are hashed; {@code report-batch.yml} documents each. Messages never contain a value.
 *
 * @param hashSecret Base64 of at least 16 bytes; null or blank for none
 * @param hashSecretFile the path of a file that contains it instead; null or blank for none
 */
@ConfigurationProperties("heartline.reports")
public record HashSettings(
        @Nullable String hashSecret, @Nullable String hashSecretFile) {

    private static final String SECRET_PROPERTY = "heartline.reports.hash-secret";
    private static final String FILE_PROPERTY = "heartline.reports.hash-secret-file";

    /**
     * Returns the hash under the secret that is set.
     *
     * @return null if none is set
     * @throws HashSecretException if both settings are set, or the secret cannot be used
     */
    public @Nullable KeyedHash hash() {
        if (StringUtils.hasText(hashSecret) && StringUtils.hasText(hashSecretFile)) {
            throw new HashSecretException(
                    SECRET_PROPERTY + " and " + FILE_PROPERTY + " are both set. Set one of them.");
        }
        if (StringUtils.hasText(hashSecretFile)) {
            return hash(FILE_PROPERTY, read(hashSecretFile));
        }
        return StringUtils.hasText(hashSecret) ? hash(SECRET_PROPERTY, hashSecret) : null;
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException | InvalidPathException e) { // also bytes that are not UTF-8
            throw new HashSecretException(FILE_PROPERTY + " is " + file + ", which cannot be read as text ("
                    + e.getClass().getSimpleName() + ").");
        }
    }

    private static KeyedHash hash(String setting, String base64) {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(StringUtils.trimAllWhitespace(base64)); // a file may have several lines
        } catch (IllegalArgumentException e) { // its message shows a part of the value
            throw new HashSecretException(setting + " must be Base64, and is not.");
        }
        if (secret.length < KeyedHash.MIN_SECRET_BYTES) {
            throw new HashSecretException(setting + " must be Base64 of at least " + KeyedHash.MIN_SECRET_BYTES
                    + " bytes, and has " + secret.length + ".");
        }
        return new KeyedHash(secret);
    }

    @Override
    public String toString() {
        return "HashSettings";
    }
}
