package io.heartline.web.problem;

import java.net.URI;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Renders every error of a service as a problem detail (RFC 9457), whatever the request accepts. Spring passes errors in two ways:
 * those of a handler to the {@link ExceptionHandler}, and those of filters, with all unexpected exceptions, to the
 * {@link WebExceptionHandler}. An unexpected exception is logged; its response gives no details. Ordered before Spring Boot's own
 * handler.
 */
@ControllerAdvice
@Order(-2)
final class ProblemHandler implements WebExceptionHandler {

    private static final Log log = LogFactory.getLog(ProblemHandler.class);

    private static final String INTERNAL_ERROR_DETAIL =
            "A defect of the service: its log has more under this answer's Request-Id.";

    private final JsonMapper json;
    private final List<ProblemCustomizer> customizers;

    ProblemHandler(JsonMapper json, List<ProblemCustomizer> customizers) {
        this.json = json;
        this.customizers = List.copyOf(customizers);
    }

    /** Renders an error of a handler, or of the search for one. The problem's {@code instance} is the path by default. */
    @ExceptionHandler
    Mono<Void> handleDispatched(Throwable e, ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        boolean isSent = response.isCommitted() || NativeResponse.isSentByServer(response);
        ErrorResponse error = isSent ? null : firstErrorResponse(e, exchange);
        if (error == null) {
            return Mono.error(e);
        }
        ProblemDetail problem = error.getBody();
        customizers.forEach(customizer -> customizer.beforeWrite(error, exchange));
        if (problem.getInstance() == null) {
            problem.setInstance(URI.create(exchange.getRequest().getPath().value()));
        }
        return write(error, response);
    }

    /** Renders any other error. */
    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable e) {
        if (exchange.getResponse().isCommitted()) {
            return Mono.error(e); // a normal end would make a part of the body look complete
        }
        ErrorResponse known = errorResponse(e, exchange);
        ErrorResponse error = known == null ? logUnexpected(e, exchange) : known;
        customizers.forEach(customizer -> customizer.beforeWrite(error, exchange));
        return write(error, exchange.getResponse());
    }

    /** Returns the error response of the exception, or of the first of its causes that has one. */
    private @Nullable ErrorResponse firstErrorResponse(Throwable e, ServerWebExchange exchange) {
        ErrorResponse error = null;
        for (Throwable cause = e; cause != null && error == null; cause = cause.getCause()) {
            error = errorResponse(cause, exchange);
        }
        return error;
    }

    private @Nullable ErrorResponse errorResponse(Throwable e, ServerWebExchange exchange) {
        for (ProblemCustomizer customizer : customizers) {
            ErrorResponse error = customizer.toErrorResponse(e, exchange);
            if (error != null) {
                return error;
            }
        }
        return e instanceof ErrorResponse error ? error : null;
    }

    private ErrorResponse logUnexpected(Throwable e, ServerWebExchange exchange) {
        for (ProblemCustomizer customizer : customizers) {
            ErrorResponse error = customizer.logUnexpected(e, exchange);
            if (error != null) {
                return error;
            }
        }
        log.error(exchange.getLogPrefix() + "answered 500", e);
        return ApiException.of(HttpStatus.INTERNAL_SERVER_ERROR, INTERNAL_ERROR_DETAIL);
    }

    private Mono<Void> write(ErrorResponse error, ServerHttpResponse response) {
        byte[] body = json.writeValueAsBytes(ProblemJson.members(error.getBody()));
        response.setStatusCode(error.getStatusCode());
        response.getHeaders().putAll(error.getHeaders());
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        response.getHeaders().setContentLength(body.length);
        DataBuffer buffer = response.bufferFactory().wrap(body);
        return response.writeWith(Mono.just(buffer));
    }
}
