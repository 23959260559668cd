package io.heartline.reports.http;

import com.mongodb.MongoException;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.Failures;
import io.heartline.reports.mongo.MongoOutageLogger;
import java.util.List;
import java.util.Map;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Every error as RFC 9457 {@code application/problem+json}, with the parameter that is at fault. */
@RestControllerAdvice
class ReportsProblemHandler extends ResponseEntityExceptionHandler {

    private static final long RETRY_AFTER_SECONDS = 5;

    private final MongoOutageLogger unavailable;

    ReportsProblemHandler(MongoOutageLogger outageLogger) {
        this.unavailable = outageLogger;
    }

    @ExceptionHandler
    Mono<ResponseEntity<Object>> invalid(InvalidParameterException e, ServerWebExchange exchange) {
        ProblemDetail problem =
                ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.parameter() + " " + e.getMessage() + ".");
        problem.setTitle("Invalid parameter");
        problem.setProperty("errors", List.of(Map.of("parameter", e.parameter(), "detail", e.getMessage())));
        return createResponseEntity(problem, new HttpHeaders(), HttpStatus.BAD_REQUEST, exchange);
    }

    @ExceptionHandler
    Mono<ResponseEntity<Object>> notFound(NotFoundException e, ServerWebExchange exchange) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, e.getMessage());
        return createResponseEntity(problem, new HttpHeaders(), HttpStatus.NOT_FOUND, exchange);
    }

    @ExceptionHandler
    Mono<ResponseEntity<Object>> notIncluded(PositionNotIncludedException e, ServerWebExchange exchange) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.PRECONDITION_FAILED, e.getMessage());
        problem.setProperty("through", e.through());
        return createResponseEntity(
                problem, retryAfter(e.retryAfter().toSeconds()), HttpStatus.PRECONDITION_FAILED, exchange);
    }

    @ExceptionHandler
    Mono<ResponseEntity<Object>> limitExceeded(BusyException e, ServerWebExchange exchange) {
        return retryLater(e.status(), e.getMessage(), exchange);
    }

    @ExceptionHandler
    Mono<ResponseEntity<Object>> differentSettings(DifferentSettingsException e, ServerWebExchange exchange) {
        return unavailable(e.getMessage(), exchange);
    }

    @ExceptionHandler({DataAccessException.class, MongoException.class})
    Mono<ResponseEntity<Object>> databaseError(RuntimeException e, ServerWebExchange exchange) {
        if (exchange.getResponse().isCommitted()) {
            return Mono.error(e); // to end it here would make a part look like the whole
        }
        if (!Failures.isTransient(e)) {
            logger.error(exchange.getLogPrefix() + "MongoDB refused what a reader asked for", e);
            ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                    HttpStatus.INTERNAL_SERVER_ERROR,
                    "The reports' database refused the request. Asking again does not help: the service's log says why.");
            return createResponseEntity(problem, new HttpHeaders(), HttpStatus.INTERNAL_SERVER_ERROR, exchange);
        }
        unavailable.logRejectedRequest(exchange.getLogPrefix(), e);
        return unavailable("The reports' database does not answer: ask again.", exchange);
    }

    private Mono<ResponseEntity<Object>> unavailable(String detail, ServerWebExchange exchange) {
        return retryLater(HttpStatus.SERVICE_UNAVAILABLE, detail, exchange);
    }

    private Mono<ResponseEntity<Object>> retryLater(HttpStatus status, String detail, ServerWebExchange exchange) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        return createResponseEntity(problem, retryAfter(RETRY_AFTER_SECONDS), status, exchange);
    }

    private static HttpHeaders retryAfter(long seconds) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        return headers;
    }

    @Override
    protected Mono<ResponseEntity<Object>> createResponseEntity(
            Object body, HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
        try {
            exchange.getRequest().getHeaders().getAccept();
        } catch (InvalidMediaTypeException e) {
            return Mono.error(asErrorResponse(body, headers, status)); // it would be read once more to answer from here
        }
        // said outright, whatever the caller would rather have had
        return Mono.just(ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(body));
    }

    /** Returns an error for {@code ProblemHandler} of service-web, which does not read {@code Accept}. */
    private static ErrorResponseException asErrorResponse(Object body, HttpHeaders headers, HttpStatusCode status) {
        ProblemDetail problem = body instanceof ProblemDetail known ? known : ProblemDetail.forStatus(status);
        ErrorResponseException e = new ErrorResponseException(status, problem, null);
        e.getHeaders().putAll(headers);
        return e;
    }
}
