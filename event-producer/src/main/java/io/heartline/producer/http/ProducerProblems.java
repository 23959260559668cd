package io.heartline.producer.http;

import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.Problem;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.trace.RequestTracing;
import io.heartline.web.problem.RequestIds;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/**
 * Every error as RFC 9457 {@code application/problem+json}, wherever it came up and whatever the caller would rather have
 * had. Comes before Spring Boot's own page of errors.
 */
@Component
@Order(-2)
final class ProducerProblemHandler implements WebExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(ProducerProblemHandler.class);

    private final IngestMetrics metrics;
    private final RequestTracing tracing;

    ProducerProblemHandler(IngestMetrics metrics, RequestTracing tracing) {
        this.metrics = metrics;
        this.tracing = tracing;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable e) {
        ServerHttpResponse response = exchange.getResponse();
        RefusedException refusal = asRefusal(e);
        // a refusal may have a broker's broken connection for its cause, which looks just like a client's
        if (refusal == null && DisconnectedClientHelper.isClientDisconnectedException(e)) {
            log.debug("there is nobody to answer {}", RequestIds.of(response), e);
            response.setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR); // were there somebody, it would be no success
            return Mono.empty();
        }
        if (response.isCommitted()) {
            return Mono.error(e); // to end it here would make a part look like the whole
        }
        HttpHeaders headers = response.getHeaders();
        String requestId = RequestIds.of(response);
        Problem problem;
        if (e instanceof ErrorResponse errorResponse) {
            headers.putAll(errorResponse.getHeaders());
        }
        if (refusal != null) {
            metrics.refused(refusal.type());
            problem = Problem.of(refusal);
            if (refusal.errors().stream().anyMatch(error -> HttpHeaders.CONTENT_ENCODING.equals(error.header()))) {
                headers.set(HttpHeaders.ACCEPT_ENCODING, "identity");
            }
            if (refusal.retryAfter() != null) {
                headers.set(HttpHeaders.RETRY_AFTER, Long.toString(roundedUpSeconds(refusal.retryAfter())));
            }
            // no louder: TopicMonitor tells once what there is to tell of Kafka, and under load there are many of these
            log.debug("answered {} to {}", problem.status(), requestId, refusal.getCause());
        } else if (e instanceof ErrorResponse errorResponse) {
            problem = Problem.of(
                    errorResponse.getStatusCode(),
                    errorResponse.getBody().getTitle(),
                    errorResponse.getBody().getDetail());
            metrics.refused(problem.status());
        } else {
            tracing.spanOf(exchange).runInScope(() -> log.error("answered 500 to {}", requestId, e));
            problem = Problem.of(
                    HttpStatus.INTERNAL_SERVER_ERROR,
                    "Internal server error",
                    "A defect of the service: its log says more under this answer's Request-Id.");
            metrics.refused(problem.status());
        }
        return write(response, problem.withInstance("urn:uuid:" + requestId));
    }

    private static RefusedException asRefusal(Throwable e) {
        if (e instanceof UnsupportedMediaTypeStatusException) {
            return RefusedException.unsupported(
                    HttpHeaders.CONTENT_TYPE, "must be application/json or application/x-ndjson");
        }
        return e instanceof RefusedException refusal ? refusal : null;
    }

    /** Rounded up: who comes back too soon is refused once more. */
    private static long roundedUpSeconds(Duration duration) {
        return duration.plusNanos(999_999_999).toSeconds();
    }

    private static Mono<Void> write(ServerHttpResponse response, Problem problem) {
        response.setRawStatusCode(problem.status());
        byte[] json = problem.json();
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        response.getHeaders().setContentLength(json.length);
        DataBuffer buffer = response.bufferFactory().wrap(json);
        return response.writeWith(Mono.just(buffer));
    }
}
