package io.heartline.gateway.http;

import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.InvalidParameterException;
import io.heartline.gateway.stream.StreamRefusedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Every refusal as RFC 9457 {@code application/problem+json}. */
@RestControllerAdvice
class GatewayProblemHandler extends ResponseEntityExceptionHandler {

    private static final int MIN_RETRY_SECONDS = 3;
    private static final int MAX_RETRY_SECONDS = 10;

    private final GatewayMetrics metrics;

    GatewayProblemHandler(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    @ExceptionHandler
    Mono<ResponseEntity<Object>> invalidParameter(InvalidParameterException e, ServerWebExchange exchange) {
        ProblemDetail problem =
                ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.parameter() + " " + e.getMessage() + ".");
        problem.setTitle("Invalid parameter");
        problem.setProperty("errors", List.of(Map.of("parameter", e.parameter(), "detail", e.getMessage())));
        return createResponseEntity(problem, new HttpHeaders(), HttpStatus.BAD_REQUEST, exchange);
    }

    @ExceptionHandler
    Mono<ResponseEntity<Object>> refused(StreamRefusedException e, ServerWebExchange exchange) {
        metrics.refused(e.reason());
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(e.status(), e.getMessage());
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, Integer.toString(randomRetrySeconds()));
        return createResponseEntity(problem, headers, e.status(), exchange);
    }

    /** A constant would bring all clients that were refused together back together. */
    private static int randomRetrySeconds() {
        return ThreadLocalRandom.current().nextInt(MIN_RETRY_SECONDS, MAX_RETRY_SECONDS + 1);
    }

    @Override
    protected Mono<ResponseEntity<Object>> createResponseEntity(
            Object body, HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
        // said outright, or whoever asked for text/event-stream would be given the problem as an event
        return Mono.just(ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(body));
    }
}
