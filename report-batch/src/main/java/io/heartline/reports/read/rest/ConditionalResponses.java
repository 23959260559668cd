package io.heartline.reports.read.rest;

import com.dynatrace.hash4j.hashing.Hashing;
import io.heartline.reports.read.ReadReport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Responses with an ETag, which a client may cache and revalidate. */
public final class ConditionalResponses {

    private static final String CACHE_CONTROL =
            CacheControl.noCache().cachePrivate().getHeaderValue();
    private static final String VARY = HttpHeaders.ACCEPT + ", " + HttpHeaders.ACCEPT_ENCODING;

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

    /**
     * Returns a page of a list.
     *
     * @param path the path and the query of the list's pages, without the cursor
     * @param next the cursor of the next page; null if this page is the last
     */
    ResponseEntity<Flux<DataBuffer>> page(Object page, String path, @Nullable String next) {
        ResponseEntity.BodyBuilder response = response(HttpStatus.OK);
        if (next != null) {
            response.header(HttpHeaders.LINK, "<" + path + "&cursor=" + next + ">; rel=\"next\"");
        }
        return jsonBody(response, page);
    }

    /** Returns the status 304 if the client already has the figures of the report, otherwise the report. */
    ResponseEntity<byte[]> response(ServerHttpRequest request, ReadReport report) {
        ReadReport.Rendering rendering = rendering(report);
        if (matchesETag(request, rendering.tag())) {
            return response(HttpStatus.NOT_MODIFIED).eTag(rendering.tag()).build();
        }
        return response(HttpStatus.OK)
                .eTag(rendering.tag())
                .contentType(MediaType.APPLICATION_JSON)
                .body(rendering.body());
    }

    /** Writes the same response as {@link #response(ServerHttpRequest, ReadReport)}. */
    Mono<Void> write(ServerWebExchange exchange, ReadReport report) {
        ReadReport.Rendering rendering = rendering(report);
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        headers.set(HttpHeaders.CACHE_CONTROL, CACHE_CONTROL);
        headers.set(HttpHeaders.VARY, VARY);
        headers.set(HttpHeaders.ETAG, rendering.tag());
        if (matchesETag(exchange.getRequest(), rendering.tag())) {
            response.setStatusCode(HttpStatus.NOT_MODIFIED);
            return response.setComplete();
        }
        response.setStatusCode(HttpStatus.OK);
        headers.set(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE);
        headers.setContentLength(rendering.body().length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(rendering.body())));
    }

    private ReadReport.Rendering rendering(ReadReport report) {
        return report.rendering(
                view -> new ReadReport.Rendering(json(view), tag(ResponseFormat.JSON, view.withoutProgress())));
    }

    /** Returns a response with this body as JSON. */
    ResponseEntity<Flux<DataBuffer>> jsonResponse(Object body) {
        return jsonBody(response(HttpStatus.OK), body);
    }

    private ResponseEntity<Flux<DataBuffer>> jsonBody(ResponseEntity.BodyBuilder response, Object body) {
        return response.contentType(MediaType.APPLICATION_JSON)
                .body(Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(json(body))));
    }

    byte[] json(Object value) {
        return json.writeValueAsBytes(value);
    }

    private String tag(ResponseFormat format, Object figures) {
        long hash = Hashing.komihash5_0().hashBytesToLong(json.writeValueAsBytes(figures));
        return "W/\"" + format.extension() + "-" + Long.toHexString(hash) + '"';
    }

    private static boolean matchesETag(ServerHttpRequest request, String tag) {
        if (request.getHeaders().get(HttpHeaders.IF_NONE_MATCH) == null) {
            return false;
        }
        ETag current = ETag.create(tag);
        return request.getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH).stream()
                .flatMap(candidate -> ETag.parse(candidate).stream())
                .anyMatch(candidate -> candidate.isWildcard() || candidate.compare(current, false));
    }
}
