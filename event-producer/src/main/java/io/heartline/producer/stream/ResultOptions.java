package io.heartline.producer.stream;

import io.heartline.producer.like.Preferences;
import io.heartline.producer.like.RefusedException;
import java.util.List;
import org.springframework.http.HttpHeaders;

/**
 * Options that decide which results of a stream are sent, and when.
 *
 * @param isMinimal whether only the results of refused lines and the summary are sent
 * @param isHeld whether nothing is sent before the body of the request has ended
 */
public record ResultOptions(boolean isMinimal, boolean isHeld) {

    /** Length in bytes up to which a body gets all results through a proxy, too, because they need little memory. */
    public static final int MAX_SHORT_BYTES = 64 * 1024;

    private static final List<String> PROXY_HEADERS = List.of(
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
            "X-Real-IP",
            "Forwarded",
            "Via");

    /**
     * Reads the options from the headers of a request. After nginx has received the head of an answer, it no longer resumes a
     * request body that has met a full socket. So nothing is sent through a proxy before the body has ended.
     *
     * @param headers headers of the request
     * @param bodyLength number of bytes of the decoded body; -1 if it is unknown. The length of a compressed body bounds nothing.
     * @param isHttp10 whether the request uses HTTP/1.0, whose clients read only after they have written
     * @return the options
     * @throws RefusedException if the results of all lines would have to be held for a body that is not short
     */
    public static ResultOptions of(HttpHeaders headers, long bodyLength, boolean isHttp10) {
        boolean isMinimal = Preferences.of(headers).isMinimal();
        boolean isHeld = isHttp10 || PROXY_HEADERS.stream().anyMatch(headers::containsHeader);
        boolean isShort = bodyLength >= 0 && bodyLength <= MAX_SHORT_BYTES;
        if (isHeld && !isMinimal && !isShort) {
            throw RefusedException.minimalResultsRequired(MAX_SHORT_BYTES);
        }
        return new ResultOptions(isMinimal, isHeld);
    }
}
