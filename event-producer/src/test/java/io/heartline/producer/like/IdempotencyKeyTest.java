package io.heartline.producer.like;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

class IdempotencyKeyTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {"k-1,k-1", "\"k-1\",k-1", "' k-1 ',k-1", "\"\"k\"\",\"k\"", "\",\""})
    void quotedKey_isUnquoted(String header, String key) {
        assertThat(IdempotencyKey.of(headers(header)).value()).isEqualTo(key);
    }

    @Test
    void key_hasAtMost255Characters() {
        assertThat(IdempotencyKey.of(headers("k".repeat(255))).value()).hasSize(255);
        assertIsRefused(headers("k".repeat(256)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\"\"", "a b", "k\u00e9y", "k\u007f", "a\tb"})
    void notVisibleAscii_isRefusedNamingTheHeader(String header) {
        assertIsRefused(headers(header));
    }

    @Test
    void twoKeys_areRefused_andNoHeaderGivesNull() {
        HttpHeaders twice = headers("a");
        twice.add("idempotency-key", "a");

        assertIsRefused(twice);
        assertThat(IdempotencyKey.of(new HttpHeaders())).isNull();
    }

    private static void assertIsRefused(HttpHeaders headers) {
        RefusedException e = catchThrowableOfType(RefusedException.class, () -> IdempotencyKey.of(headers));
        assertThat(e.type()).isEqualTo(ProblemType.INVALID_HEADER);
        assertThat(e.errors()).singleElement().extracting(FieldError::header).isEqualTo("Idempotency-Key");
    }

    private static HttpHeaders headers(String key) {
        HttpHeaders headers = new HttpHeaders();
        headers.add("Idempotency-Key", key);
        return headers;
    }
}
