package io.heartline.gateway.http;

import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.gateway.stream.StreamRefusedException.Reason;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.heartline.web.problem.ApiException;
import io.heartline.web.problem.ProblemCustomizer;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;

/** The error responses to readers that the core refuses. Each is counted. */
@Component
class StreamRefusals implements ProblemCustomizer {

    private static final int MIN_RETRY_SECONDS = 3;
    private static final int MAX_RETRY_SECONDS = 10;

    private final GatewayMetrics metrics;

    StreamRefusals(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public @Nullable ErrorResponse toErrorResponse(Throwable e, ServerWebExchange exchange) {
        return e instanceof StreamRefusedException refusal ? refuse(refusal) : null;
    }

    /** Counts a refusal, and returns its response. */
    ApiException refuse(StreamRefusedException refusal) {
        metrics.refused(refusal.reason());
        HttpStatus status =
                refusal.reason() == Reason.caller ? HttpStatus.TOO_MANY_REQUESTS : HttpStatus.SERVICE_UNAVAILABLE;
        return ApiException.retryLater(status, refusal.getMessage(), randomRetry());
    }

    /** Returns a random time, because a constant would bring all clients that were refused together back together. */
    private static Duration randomRetry() {
        return Duration.ofSeconds(ThreadLocalRandom.current().nextInt(MIN_RETRY_SECONDS, MAX_RETRY_SECONDS + 1));
    }
}
