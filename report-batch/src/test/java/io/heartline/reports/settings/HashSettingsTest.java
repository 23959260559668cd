package io.heartline.reports.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.reports.failure.HashSecretException;
import io.heartline.reports.fold.KeyedHash;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashSettingsTest {

    private static final byte[] SECRET = "a secret of 24 bytes ...".getBytes(StandardCharsets.US_ASCII);
    private static final String BASE64 = Base64.getEncoder().encodeToString(SECRET);
    private static final String CHECK = new KeyedHash(SECRET).checkValue();

    @TempDir
    private Path folder;

    @Test
    void withoutSettings_hashIsNull() {
        assertThat(new HashSettings(null, null).hash()).isNull();
        assertThat(new HashSettings("", " ").hash())
                .as("an empty environment variable counts as absent")
                .isNull();
    }

    @Test
    void secret_isTakenFromTheSetting_orFromTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), BASE64 + "\n");

        assertThat(new HashSettings(BASE64, null).hash().checkValue()).isEqualTo(CHECK);
        assertThat(new HashSettings("", file.toString()).hash().checkValue()).isEqualTo(CHECK);
    }

    /** {@code openssl rand -base64 64} writes more than one line. */
    @Test
    void file_mayHaveSeveralLines() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), BASE64.substring(0, 10) + "\n" + BASE64.substring(10));

        assertThat(new HashSettings(null, file.toString()).hash().checkValue()).isEqualTo(CHECK);
    }

    @Test
    void secretOf16Bytes_isAccepted() {
        String shortest = Base64.getEncoder().encodeToString(new byte[16]);

        assertThat(new HashSettings(shortest, null).hash()).isNotNull();
    }

    @Test
    void secretInSettingAndFile_isRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), BASE64);

        assertThatExceptionOfType(HashSecretException.class)
                .isThrownBy(new HashSettings(BASE64, file.toString())::hash)
                .withMessage(
                        "heartline.reports.hash-secret and heartline.reports.hash-secret-file are both set. Set one"
                                + " of them.");
    }

    @ParameterizedTest
    @CsvSource({
        "MDEyMzQ1Njc4OWFiY2Rl, 'must be Base64 of at least 16 bytes, and has 15.'",
        "not/base64!, 'must be Base64, and is not.'",
        "MDEyMzQ1Njc4OWFiY2RlZjAx-, 'must be Base64, and is not.'"
    })
    void shortOrNonBase64Secret_isRefused_namingTheSettingButNotTheValue(String secret, String reason)
            throws Exception {
        Path file = Files.writeString(folder.resolve("file"), secret);

        assertThatExceptionOfType(HashSecretException.class)
                .isThrownBy(new HashSettings(secret, null)::hash)
                .withMessage("heartline.reports.hash-secret " + reason)
                .withNoCause();
        assertThatExceptionOfType(HashSecretException.class)
                .isThrownBy(new HashSettings(null, file.toString())::hash)
                .withMessage("heartline.reports.hash-secret-file " + reason)
                .withNoCause();
    }

    @Test
    void unreadableFile_isNamed() throws Exception {
        Path missing = folder.resolve("missing");
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0});
        Path empty = Files.createFile(folder.resolve("empty"));

        assertThatExceptionOfType(HashSecretException.class)
                .isThrownBy(new HashSettings(null, missing.toString())::hash)
                .withMessageContainingAll("heartline.reports.hash-secret-file", missing.toString(), "NoSuchFile");
        assertThatExceptionOfType(HashSecretException.class)
                .isThrownBy(new HashSettings(null, binary.toString())::hash)
                .withMessageContainingAll("heartline.reports.hash-secret-file", binary.toString());
        assertThatExceptionOfType(HashSecretException.class)
                .isThrownBy(new HashSettings(null, empty.toString())::hash)
                .withMessageContainingAll("heartline.reports.hash-secret-file", "has 0");
    }

    @Test
    void toString_hidesTheSecret() {
        assertThat(new HashSettings(BASE64, null).toString()).doesNotContain(BASE64);
    }

    @Test
    void dockerCompose_setsTheDevelopmentKey_soItStartsWithoutAWarning() throws Exception {
        assertThat(Files.readString(Path.of("..", "docker-compose.yml")))
                .contains("HEARTLINE_REPORTS_HASH_SECRET:-" + KeyedHash.DEVELOPMENT_SECRET + "}");
        assertThat(new HashSettings(KeyedHash.DEVELOPMENT_SECRET, null).hash().checkValue())
                .isEqualTo(KeyedHash.development().checkValue());
    }
}
