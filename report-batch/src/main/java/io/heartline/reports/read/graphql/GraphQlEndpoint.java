package io.heartline.reports.read.graphql;

import io.heartline.web.problem.ApiException;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.graphql.GraphQlRequest;
import org.springframework.graphql.server.WebGraphQlHandler;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.accept.HeaderContentTypeResolver;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * The endpoint {@code /graphql}. If a request is no POST of a JSON object, it is refused with a problem before any of
 * it is executed.
 *
 * <p>Spring's own handler is not used. It also accepts {@code application/graphql}, and logs each such request by a
 * logger of a new name, which Logback never releases. It refuses other requests without a body.
 */
final class GraphQlEndpoint {

    static final String PATH = "/graphql";

    private static final List<MediaType> RESPONSE_TYPES =
            List.of(MediaType.APPLICATION_JSON, MediaType.APPLICATION_GRAPHQL_RESPONSE);
    private static final HeaderContentTypeResolver ACCEPT = new HeaderContentTypeResolver();

    private final WebGraphQlHandler handler;
    private final JsonMapper json;

    GraphQlEndpoint(WebGraphQlHandler handler, JsonMapper json) {
        this.handler = handler;
        this.json = json;
    }

    /** Answers a request. If the request is refused, the result fails with an exception that is an error response. */
    Mono<ServerResponse> handle(ServerRequest request) {
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.OPTIONS)) {
            return ServerResponse.ok()
                    .allow(HttpMethod.POST, HttpMethod.OPTIONS)
                    .build();
        }
        return method.equals(HttpMethod.POST)
                ? Mono.defer(() -> post(request))
                : Mono.error(new MethodNotAllowedException(method, List.of(HttpMethod.POST)));
    }

    private Mono<ServerResponse> post(ServerRequest request) {
        if (!isJson(request)) {
            throw unsupportedMediaType();
        }
        MediaType responseType = negotiate(request);
        return request.bodyToMono(byte[].class)
                .onErrorMap(
                        DataBufferLimitException.class,
                        e -> new ResponseStatusException(HttpStatus.CONTENT_TOO_LARGE, "The body is too large.", e))
                .defaultIfEmpty(new byte[0])
                .map(body -> toWebRequest(request, GraphQlBody.parse(body, json)))
                .flatMap(handler::handleRequest)
                .flatMap(response -> respond(response, responseType));
    }

    private static boolean isJson(ServerRequest request) {
        try {
            return request.headers()
                    .contentType()
                    .filter(MediaType.APPLICATION_JSON::equalsTypeAndSubtype)
                    .isPresent();
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private static ApiException unsupportedMediaType() {
        String detail = "must be application/json";
        ApiException e = problem(
                HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                "Content-Type " + detail + ".",
                List.of(Map.of("header", "Content-Type", "detail", detail)));
        e.getHeaders().setAccept(List.of(MediaType.APPLICATION_JSON));
        return e;
    }

    /**
     * Returns an error response.
     *
     * @param errors each invalid part of the request, and the rule for it
     */
    static ApiException problem(HttpStatus status, String detail, List<Map<String, String>> errors) {
        return ApiException.of(status, detail).with("errors", errors);
    }

    private static MediaType negotiate(ServerRequest request) {
        return ACCEPT.resolveMediaTypes(request.exchange()).stream()
                .flatMap(accepted -> RESPONSE_TYPES.stream().filter(accepted::isCompatibleWith))
                .findFirst()
                .orElseThrow(() -> new NotAcceptableStatusException(RESPONSE_TYPES));
    }

    private static WebGraphQlRequest toWebRequest(ServerRequest request, GraphQlRequest body) {
        return new WebGraphQlRequest(
                request.uri(),
                request.headers().asHttpHeaders(),
                request.cookies(),
                request.remoteAddress().orElse(null),
                request.attributes(),
                body,
                request.exchange().getRequest().getId(),
                request.exchange().getLocaleContext().getLocale());
    }

    /**
     * Returns the response. The specification of GraphQL over HTTP requires 400 only in responses of its own media
     * type.
     */
    private static Mono<ServerResponse> respond(WebGraphQlResponse response, MediaType type) {
        boolean isBadRequest = type.equals(MediaType.APPLICATION_GRAPHQL_RESPONSE)
                && !response.getExecutionResult().isDataPresent();
        return ServerResponse.status(isBadRequest ? HttpStatus.BAD_REQUEST : HttpStatus.OK)
                .headers(headers -> headers.putAll(response.getResponseHeaders()))
                .contentType(type)
                .bodyValue(response.toMap());
    }
}
