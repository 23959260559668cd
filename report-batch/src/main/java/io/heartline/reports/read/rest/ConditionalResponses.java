package io.heartline.reports.read.rest;

import com.dynatrace.hash4j.hashing.Hashing;
import java.util.function.Supplier;
import org.springframework.http.CacheControl;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import tools.jackson.databind.json.JsonMapper;

/** Responses with an ETag, which a client may cache and revalidate. */
public final class ConditionalResponses {

    private final JsonMapper json;

    /**
     * Creates responses.
     *
     * @param json writes bodies, and the figures from which an ETag is computed
     */
    public ConditionalResponses(JsonMapper json) {
        this.json = json;
    }

    /** Returns a response that only a private cache may store, and must revalidate. */
    static ResponseEntity.BodyBuilder response(HttpStatus status) {
        return ResponseEntity.status(status)
                .cacheControl(CacheControl.noCache().cachePrivate())
                .varyBy(HttpHeaders.ACCEPT, HttpHeaders.ACCEPT_ENCODING);
    }

    /**
     * Returns the status 304 if the client already has these figures, otherwise the response.
     *
     * @param figures the figures of the response, without the values that change while the figures do not
     * @param body creates the response; called only if it is sent
     */
    <T> ResponseEntity<T> notModifiedOr(
            ServerHttpRequest request, ResponseFormat format, Object figures, Supplier<ResponseEntity<T>> body) {
        String tag = tag(format, figures);
        if (matchesETag(request, tag)) {
            return response(HttpStatus.NOT_MODIFIED).eTag(tag).build();
        }
        ResponseEntity<T> fullResponse = body.get();
        return ResponseEntity.status(fullResponse.getStatusCode())
                .headers(fullResponse.getHeaders())
                .eTag(tag)
                .body(fullResponse.getBody());
    }

    byte[] json(Object value) {
        return json.writeValueAsBytes(value);
    }

    private String tag(ResponseFormat format, Object figures) {
        long hash = Hashing.komihash5_0().hashBytesToLong(json.writeValueAsBytes(figures));
        return "W/\"" + format.extension() + "-" + Long.toHexString(hash) + '"';
    }

    private static boolean matchesETag(ServerHttpRequest request, String tag) {
        ETag current = ETag.create(tag);
        return request.getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH).stream()
                .flatMap(candidate -> ETag.parse(candidate).stream())
                .anyMatch(candidate -> candidate.isWildcard() || candidate.compare(current, false));
    }
}
