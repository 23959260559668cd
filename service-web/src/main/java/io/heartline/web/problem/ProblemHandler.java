package io.heartline.web.problem;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * What goes wrong before there is a handler, which is all that a service's own problems hear of: a token that is missing, an origin
 * that is not allowed, a body that is too large. Also whatever has to be told to somebody whose {@code Accept} cannot be
 * read, and defects, which are told of in the log alone. Comes before Spring Boot's own page of errors.
 */
@Order(-2)
final class ProblemHandler implements WebExceptionHandler {

    private static final Log log = LogFactory.getLog(ProblemHandler.class);

    private final JsonMapper json;

    ProblemHandler(JsonMapper json) {
        this.json = json;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable e) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(e); // to end it here would make a part look like the whole
        }
        ErrorResponse error = e instanceof ErrorResponse errorResponse ? errorResponse : internalError(exchange, e);
        ProblemDetail problem = error.getBody();
        response.setStatusCode(error.getStatusCode());
        response.getHeaders().putAll(error.getHeaders());
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        byte[] body = json.writeValueAsBytes(members(problem));
        DataBuffer buffer = response.bufferFactory().wrap(body);
        return response.writeWith(Mono.just(buffer));
    }

    private static ErrorResponse internalError(ServerWebExchange exchange, Throwable e) {
        log.error(exchange.getLogPrefix() + "answered 500", e);
        ErrorResponseException error = new ErrorResponseException(HttpStatus.INTERNAL_SERVER_ERROR, e);
        error.setDetail("A defect of the service: its log says more under this answer's Request-Id.");
        return error;
    }

    private static Map<String, Object> members(ProblemDetail problem) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("title", problem.getTitle());
        members.put("status", problem.getStatus());
        members.put("detail", problem.getDetail());
        if (problem.getProperties() != null) {
            members.putAll(problem.getProperties());
        }
        return members;
    }
}
