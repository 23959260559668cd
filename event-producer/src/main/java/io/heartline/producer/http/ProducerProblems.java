package io.heartline.producer.http;

import io.heartline.producer.like.IngestMetrics;
import io.heartline.producer.like.ProblemType;
import io.heartline.producer.like.RefusedException;
import io.heartline.producer.trace.RequestTracing;
import io.heartline.web.problem.ApiException;
import io.heartline.web.problem.ProblemCustomizer;
import io.heartline.web.problem.RequestIds;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;

/**
 * The error responses of the producer. Each is counted, has a {@code type}, and its {@code instance} is the request id. A line of a
 * stream or an item of an array is not a response, so it is not counted here.
 */
@Component
final class ProducerProblems implements ProblemCustomizer {

    private static final Logger log = LoggerFactory.getLogger(ProducerProblems.class);
    private static final URI ABOUT_BLANK = URI.create("about:blank");
    private static final String TYPE_RULE =
            "must be application/json, application/x-ndjson, application/cloudevents+json or"
                    + " application/cloudevents-batch+json";

    private final IngestMetrics metrics;
    private final RequestTracing tracing;

    ProducerProblems(IngestMetrics metrics, RequestTracing tracing) {
        this.metrics = metrics;
        this.tracing = tracing;
    }

    @Override
    public @Nullable ErrorResponse toErrorResponse(Throwable e, ServerWebExchange exchange) {
        // Spring sets the error only if a filter has failed. The request's metrics and its span need it in each case.
        ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .filter(observation -> observation.getError() == null)
                .ifPresent(observation -> observation.setError(e));
        if (e instanceof RefusedException refusal) {
            return refused(refusal, exchange);
        }
        if (e instanceof UnsupportedMediaTypeStatusException unsupported) {
            ApiException error = refused(RefusedException.unsupported(HttpHeaders.CONTENT_TYPE, TYPE_RULE), exchange);
            error.getHeaders().putAll(unsupported.getHeaders());
            return error;
        }
        return null;
    }

    private ApiException refused(RefusedException refusal, ServerWebExchange exchange) {
        ProblemType type = refusal.type();
        metrics.refused(type);
        // debug is sufficient, because TopicMonitor logs an outage of Kafka once, and overload causes many refusals
        log.debug("{}answered {}", exchange.getLogPrefix(), type.status.value(), refusal.getCause());
        ApiException error = refusal.retryAfter() == null
                ? ApiException.of(type.status, refusal.getMessage())
                : ApiException.retryLater(type.status, refusal.getMessage(), refusal.retryAfter());
        error.getBody().setType(URI.create(type.uri()));
        error.getBody().setTitle(type.title);
        if (!refusal.errors().isEmpty()) {
            error.with("errors", refusal.errors());
        }
        if (type == ProblemType.UNSUPPORTED_MEDIA_TYPE
                && refusal.errors().stream().anyMatch(field -> HttpHeaders.CONTENT_ENCODING.equals(field.header()))) {
            error.getHeaders().set(HttpHeaders.ACCEPT_ENCODING, RequestBody.ACCEPTED_CODINGS);
        }
        return error;
    }

    @Override
    public ErrorResponse logUnexpected(Throwable e, ServerWebExchange exchange) {
        tracing.spanOf(exchange).runInScope(() -> log.error("{}answered 500", exchange.getLogPrefix(), e));
        ApiException error = ApiException.of(
                HttpStatus.INTERNAL_SERVER_ERROR,
                "A defect of the service: its log has more under this answer's Request-Id.");
        error.getBody().setTitle("Internal server error");
        return error;
    }

    @Override
    public void beforeWrite(ErrorResponse error, ServerWebExchange exchange) {
        ProblemDetail problem = error.getBody();
        if (problem.getType() == null) { // refusals have a type, and are counted by it
            problem.setType(ABOUT_BLANK);
            metrics.refused(problem.getStatus());
        }
        problem.setInstance(URI.create("urn:uuid:" + RequestIds.of(exchange.getResponse())));
    }
}
