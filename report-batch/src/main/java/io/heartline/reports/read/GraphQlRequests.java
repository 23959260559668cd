package io.heartline.reports.read;

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
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.accept.HeaderContentTypeResolver;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers {@code /graphql}. A request that is not a POST of a JSON object is refused with a problem before any of it is executed.
 *
 * <p>Spring's own handler is not used. It also accepts {@code application/graphql}, and logs each such request by a logger of a
 * new name, which Logback never releases. It refuses other requests without a body.
 */
final class GraphQlRequests {

    static final String PATH = "/graphql";

    private static final List<MediaType> ANSWERS =
            List.of(MediaType.APPLICATION_JSON, MediaType.APPLICATION_GRAPHQL_RESPONSE);
    private static final HeaderContentTypeResolver ACCEPT = new HeaderContentTypeResolver();

    private final WebGraphQlHandler queries;
    private final JsonMapper json;

    GraphQlRequests(WebGraphQlHandler queries, JsonMapper json) {
        this.queries = queries;
        this.json = json;
    }

    /** Fails with an exception that is an error response if the request is refused. */
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
        MediaType answer = accepted(request);
        return request.bodyToMono(byte[].class)
                .onErrorMap(
                        DataBufferLimitException.class,
                        e -> new ResponseStatusException(HttpStatus.CONTENT_TOO_LARGE, "The body is too large.", e))
                .defaultIfEmpty(new byte[0])
                .map(body -> web(request, GraphQlBody.parse(body, json)))
                .flatMap(queries::handleRequest)
                .flatMap(response -> answer(response, answer));
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

    private static ErrorResponseException unsupportedMediaType() {
        String detail = "must be application/json";
        ErrorResponseException e = refusal(
                HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                "Content-Type " + detail + ".",
                List.of(Map.of("header", "Content-Type", "detail", detail)));
        e.getHeaders().setAccept(List.of(MediaType.APPLICATION_JSON));
        return e;
    }

    /** @param errors each part of the request that is at fault, and what it must be */
    static ErrorResponseException refusal(HttpStatus status, String detail, List<Map<String, String>> errors) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setProperty("errors", errors);
        return new ErrorResponseException(status, problem, null);
    }

    private static MediaType accepted(ServerRequest request) {
        return ACCEPT.resolveMediaTypes(request.exchange()).stream()
                .flatMap(accepted -> ANSWERS.stream().filter(accepted::isCompatibleWith))
                .findFirst()
                .orElseThrow(() -> new NotAcceptableStatusException(ANSWERS));
    }

    private static WebGraphQlRequest web(ServerRequest request, GraphQlRequest body) {
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

    /** The specification of GraphQL over HTTP asks for 400 only in answers of its own media type. */
    private static Mono<ServerResponse> answer(WebGraphQlResponse response, MediaType type) {
        boolean isRefused = type.equals(MediaType.APPLICATION_GRAPHQL_RESPONSE)
                && !response.getExecutionResult().isDataPresent();
        return ServerResponse.status(isRefused ? HttpStatus.BAD_REQUEST : HttpStatus.OK)
                .headers(headers -> headers.putAll(response.getResponseHeaders()))
                .contentType(type)
                .bodyValue(response.toMap());
    }
}
