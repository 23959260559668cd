package io.heartline.producer.http;

import io.heartline.producer.gzip.InflatedBody;
import io.heartline.producer.like.RefusedException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Flux;

/**
 * The body of a request, decoded as its {@code Content-Encoding} states. Limits of likes count decoded bytes.
 *
 * @param pieces the decoded body; if it cannot be decoded, it ends with a {@link RefusedException} after the bytes before that place
 * @param length number of decoded bytes; -1 if it is unknown, because the body is compressed or comes in chunks
 */
record RequestBody(Flux<DataBuffer> pieces, long length) {

    /** The codings that are accepted, as the value of {@code Accept-Encoding} in a refusal (RFC 9110, 15.5.16). */
    static final String ACCEPTED_CODINGS = "gzip, identity";

    /**
     * Returns the body of a request. It is not read before {@link #pieces} are subscribed to.
     *
     * @throws RefusedException if the coding is not supported, or there is more than one
     */
    static RequestBody of(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        return isCompressed(headers)
                ? new RequestBody(new InflatedBody(request.getBody()), -1)
                : new RequestBody(request.getBody(), headers.getContentLength());
    }

    private static boolean isCompressed(HttpHeaders headers) {
        List<String> codings = headers.getOrEmpty(HttpHeaders.CONTENT_ENCODING).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                .toList();
        if (codings.isEmpty() || codings.equals(List.of("identity"))) {
            return false;
        }
        if (codings.equals(List.of("gzip")) || codings.equals(List.of("x-gzip"))) {
            return true;
        }
        throw RefusedException.unsupported(HttpHeaders.CONTENT_ENCODING, "must be gzip or identity, given once");
    }
}
