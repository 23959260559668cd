package io.heartline.producer;

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
final class Problems implements WebExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);

    private final IngestMetrics metrics;
    private final Traces traces;

    Problems(IngestMetrics metrics, Traces traces) {
        this.metrics = metrics;
        this.traces = traces;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable e) {
        ServerHttpResponse response = exchange.getResponse();
        RefusedException refusal = refusal(e);
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
        String id = RequestIds.of(response);
        Problem problem;
        if (e instanceof ErrorResponse known) {
            headers.putAll(known.getHeaders());
        }
        if (refusal != null) {
            metrics.refused(refusal.type());
            problem = Problem.of(refusal);
            if (refusal.faults().stream().anyMatch(fault -> HttpHeaders.CONTENT_ENCODING.equals(fault.header()))) {
                headers.set(HttpHeaders.ACCEPT_ENCODING, "identity");
            }
            if (refusal.retryAfter() != null) {
                headers.set(HttpHeaders.RETRY_AFTER, Long.toString(seconds(refusal.retryAfter())));
            }
            // no louder: LogOpener tells once what there is to tell of Kafka, and under load there are many of these
            log.debug("answered {} to {}", problem.status(), id, refusal.getCause());
        } else if (e instanceof ErrorResponse known) {
            problem = Problem.of(
                    known.getStatusCode(),
                    known.getBody().getTitle(),
                    known.getBody().getDetail());
            metrics.refused(problem.status());
        } else {
            traces.of(exchange).around(() -> log.error("answered 500 to {}", id, e));
            problem = Problem.of(
                    HttpStatus.INTERNAL_SERVER_ERROR,
                    "Internal server error",
                    "A defect of the service: its log says more under this answer's Request-Id.");
            metrics.refused(problem.status());
        }
        return write(response, problem.at("urn:uuid:" + id));
    }

    private static RefusedException refusal(Throwable e) {
        if (e instanceof UnsupportedMediaTypeStatusException) {
            return RefusedException.unsupported(
                    HttpHeaders.CONTENT_TYPE, "must be application/json or application/x-ndjson");
        }
        return e instanceof RefusedException refusal ? refusal : null;
    }

    /** Rounded up: who comes back too soon is refused once more. */
    private static long seconds(Duration duration) {
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
