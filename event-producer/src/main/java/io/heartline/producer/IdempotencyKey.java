package io.heartline.producer;

import java.util.List;
import org.springframework.http.HttpHeaders;

/**
 * The value of {@code Idempotency-Key}: 1 to 255 visible ASCII characters.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">the header's draft</a>, in which
 *     it is a quoted string; bare ones are as common
 */
record IdempotencyKey(String value) {

    static final String HEADER = "Idempotency-Key";
    private static final int MOST = 255;
    private static final String RULE = "must be 1 to 255 visible ASCII characters, given once";

    /**
     * Null if there is none.
     *
     * @throws RefusedException if it is malformed
     */
    static IdempotencyKey of(HttpHeaders headers) {
        List<String> given = headers.get(HEADER);
        if (given == null) {
            return null;
        }
        String value = given.get(0).strip();
        if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
            value = value.substring(1, value.length() - 1);
        }
        boolean isVisible = value.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (given.size() > 1 || value.isEmpty() || value.length() > MOST || !isVisible) {
            throw RefusedException.invalidHeader(HEADER, RULE);
        }
        return new IdempotencyKey(value);
    }

    /** @param number of a line of a stream, from 1 */
    IdempotencyKey line(long number) {
        return new IdempotencyKey(value + '/' + number);
    }
}
