package io.heartline.producer;

import io.heartline.producer.InvalidLikeException.FieldError;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.server.ContentTooLargeException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import reactor.core.publisher.Mono;

/** Every error as RFC 9457 {@code application/problem+json}, with the field that is at fault. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

    private static final String RETRY_AFTER_SECONDS = "5";

    private final IngestMetrics metrics;

    Problems(IngestMetrics metrics) {
        this.metrics = metrics;
    }

    @ExceptionHandler
    Mono<ResponseEntity<Object>> invalid(InvalidLikeException e, ServerWebExchange exchange) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.BAD_REQUEST, "The body is not a like; errors names each field.");
        problem.setTitle("Invalid like");
        problem.setProperty("errors", e.errors());
        return createResponseEntity(problem, new HttpHeaders(), HttpStatus.BAD_REQUEST, exchange);
    }

    @ExceptionHandler
    Mono<ResponseEntity<Object>> unavailable(LogUnavailableException e, ServerWebExchange exchange) {
        logger.warn("answered 503: " + e.getCause());
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE,
                "Kafka did not acknowledge in time, so whether the like was logged is unknown: send it again.");
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        return createResponseEntity(problem, headers, HttpStatus.SERVICE_UNAVAILABLE, exchange);
    }

    @Override
    protected Mono<ResponseEntity<Object>> handleExceptionInternal(
            Exception e, Object body, HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
        Object errors = null;
        if (e instanceof ContentTooLargeException) {
            errors = List.of(new FieldError("", "must not be over 16 KiB"));
        } else if (e instanceof UnsupportedMediaTypeStatusException) {
            errors = List.of(Map.of("header", HttpHeaders.CONTENT_TYPE, "detail", "must be application/json"));
        }
        if (errors == null || !(e instanceof org.springframework.web.ErrorResponse error)) {
            return super.handleExceptionInternal(e, body, headers, status, exchange);
        }
        error.getBody().setProperty("errors", errors);
        return super.handleExceptionInternal(e, error.getBody(), headers, status, exchange);
    }

    @Override
    protected Mono<ResponseEntity<Object>> createResponseEntity(
            Object body, HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
        metrics.refused(status);
        // said outright, whatever the caller would rather have had
        return Mono.just(ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(body));
    }
}
