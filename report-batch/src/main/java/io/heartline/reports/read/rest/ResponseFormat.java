package io.heartline.reports.read.rest;

import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.request.QueryParameters;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.accept.HeaderContentTypeResolver;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ServerWebExchange;

/** The formats of a list. */
enum ResponseFormat {
    JSON(MediaType.APPLICATION_JSON),
    NDJSON(MediaType.APPLICATION_NDJSON),
    CSV(MediaType.parseMediaType("text/csv;charset=UTF-8"));

    private static final HeaderContentTypeResolver ACCEPT = new HeaderContentTypeResolver();
    private static final List<MediaType> MEDIA_TYPES =
            Arrays.stream(values()).map(ResponseFormat::mediaType).toList();

    private final MediaType mediaType;

    ResponseFormat(MediaType mediaType) {
        this.mediaType = mediaType;
    }

    /**
     * Returns the format that {@code format} names, or else the format that {@code Accept} prefers.
     *
     * @throws InvalidParameterException if {@code format} names no format
     * @throws NotAcceptableStatusException if {@code Accept} includes no format
     */
    static ResponseFormat requested(QueryParameters query, ServerWebExchange exchange) {
        return query.has("format") ? byName(query.text("format")) : negotiated(exchange);
    }

    private static ResponseFormat byName(String name) {
        return Arrays.stream(values())
                .filter(format -> format.extension().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidParameterException("format", "must be json, ndjson or csv"));
    }

    private static ResponseFormat negotiated(ServerWebExchange exchange) {
        return ACCEPT.resolveMediaTypes(exchange).stream()
                .flatMap(type -> Arrays.stream(values()).filter(format -> type.isCompatibleWith(format.mediaType)))
                .findFirst()
                .orElseThrow(() -> new NotAcceptableStatusException(MEDIA_TYPES));
    }

    MediaType mediaType() {
        return mediaType;
    }

    /** Returns the extension of a file, which is also the name of the format. */
    String extension() {
        return name().toLowerCase(Locale.ROOT);
    }
}
