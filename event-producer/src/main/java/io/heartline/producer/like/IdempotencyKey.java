package io.heartline.producer.like;

import java.util.List;
import org.springframework.http.HttpHeaders;

/**
 * The value of {@code Idempotency-Key}: 1 to 255 visible ASCII characters.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">the header's draft</a>, in which
 *     it is a quoted string; bare ones are as common
 */
public record IdempotencyKey(String value) {

    public static final String HEADER = "Idempotency-Key";
    private static final int MAX_LENGTH = 255;
    private static final String RULE = "must be 1 to 255 visible ASCII characters, given once";

    /**
     * Null if there is none.
     *
     * @throws RefusedException if it is malformed
     */
    public static IdempotencyKey of(HttpHeaders headers) {
        List<String> values = headers.get(HEADER);
        if (values == null) {
            return null;
        }
        String value = values.get(0).strip();
        if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
            value = value.substring(1, value.length() - 1);
        }
        boolean isVisible = value.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (values.size() > 1 || value.isEmpty() || value.length() > MAX_LENGTH || !isVisible) {
            throw RefusedException.invalidHeader(HEADER, RULE);
        }
        return new IdempotencyKey(value);
    }

    /** @param number of a line of a stream, from 1 */
    IdempotencyKey forLine(long number) {
        return new IdempotencyKey(value + '/' + number);
    }
}
