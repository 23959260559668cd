package io.heartline.producer.like;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The value of {@code Idempotency-Key}: 1 to 255 visible ASCII characters.
 *
 * @param value the key without quotes
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">the header's draft</a>, in which
 *     it is a quoted string; clients without quotes are as common
 */
public record IdempotencyKey(String value) {

    /** The name of the header. */
    public static final String HEADER = "Idempotency-Key";

    /** The rule for the characters of a key, without a subject. */
    static final String CHARACTERS = "must be 1 to 255 visible ASCII characters";

    private static final int MAX_LENGTH = 255;
    private static final String RULE = CHARACTERS + ", given once";

    /**
     * Reads the key from a request's headers.
     *
     * @param headers headers of the request
     * @return the key, or null if the header is missing
     * @throws RefusedException if the key is malformed
     */
    public static @Nullable IdempotencyKey of(HttpHeaders headers) {
        List<String> values = headers.get(HEADER);
        if (values == null) {
            return null;
        }
        String value = values.get(0).strip();
        if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
            value = value.substring(1, value.length() - 1);
        }
        if (values.size() > 1 || !isValid(value)) {
            throw RefusedException.invalidHeader(HEADER, RULE);
        }
        return new IdempotencyKey(value);
    }

    /** Returns whether a text without quotes is a key. */
    static boolean isValid(String value) {
        return !value.isEmpty() && value.length() <= MAX_LENGTH && value.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /**
     * Returns the key of one line of a stream, or of one item of an array.
     *
     * @param number number of the line or item, starting at 1
     */
    IdempotencyKey forItem(long number) {
        return new IdempotencyKey(value + '/' + number);
    }
}
