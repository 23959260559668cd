package io.heartline.web.problem;

import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;

/** A service's own view of errors. A service may define beans of this type, which are asked in order. */
public interface ProblemCustomizer {

    /**
     * Returns the response to an exception that is no error response itself, such as the exception of a library.
     *
     * @param e the exception
     * @param exchange the request, whose response is not committed
     * @return null if this customizer does not know the exception
     */
    default @Nullable ErrorResponse toErrorResponse(Throwable e, ServerWebExchange exchange) {
        return null;
    }

    /**
     * Logs an unexpected exception, which is a defect of the service, and returns the response to it.
     *
     * @param e the exception
     * @param exchange the request, whose response is not committed
     * @return null if the exception is not logged, so that {@link ProblemHandler} logs it
     */
    default @Nullable ErrorResponse logUnexpected(Throwable e, ServerWebExchange exchange) {
        return null;
    }

    /**
     * Changes an error response before it is written, or counts it.
     *
     * @param error the error response
     * @param exchange the request, whose response is not committed
     */
    default void beforeWrite(ErrorResponse error, ServerWebExchange exchange) {}
}
