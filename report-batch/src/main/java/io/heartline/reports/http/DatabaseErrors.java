package io.heartline.reports.http;

import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.Failures;
import io.heartline.reports.mongo.MongoOutageLogger;
import io.heartline.web.problem.ApiException;
import io.heartline.web.problem.ProblemCustomizer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;

/** The error responses to requests that fail because of MongoDB, or because this instance's settings differ from the database's. */
@Component
class DatabaseErrors implements ProblemCustomizer {

    private static final Logger logger = LoggerFactory.getLogger(DatabaseErrors.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final MongoOutageLogger outageLogger;

    DatabaseErrors(MongoOutageLogger outageLogger) {
        this.outageLogger = outageLogger;
    }

    @Override
    public @Nullable ErrorResponse toErrorResponse(Throwable e, ServerWebExchange exchange) {
        if (e instanceof DifferentSettingsException) {
            return unavailable(e.getMessage());
        }
        return e instanceof RuntimeException error && Failures.isMongoError(error)
                ? databaseError(error, exchange.getLogPrefix())
                : null;
    }

    private ErrorResponse databaseError(RuntimeException e, String logPrefix) {
        if (Failures.isTransient(e)) {
            outageLogger.logRejectedRequest(logPrefix, e);
            return unavailable("The reports' database does not answer: ask again.");
        }
        logger.error("{}MongoDB refused the query of a reader", logPrefix, e);
        return ApiException.of(
                HttpStatus.INTERNAL_SERVER_ERROR,
                "The reports' database refused the request. Asking again does not help: the service's log has the reason.");
    }

    private static ErrorResponse unavailable(String detail) {
        return ApiException.retryLater(HttpStatus.SERVICE_UNAVAILABLE, detail, RETRY_AFTER);
    }
}
