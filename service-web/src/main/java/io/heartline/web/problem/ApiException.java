package io.heartline.web.problem;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * An error response, thrown by a service and rendered as a problem detail (RFC 9457). It has no stack trace, because it is no defect
 * and there are many under overload.
 */
public class ApiException extends ErrorResponseException {

    private static final long serialVersionUID = 1L;
    private static final long NANOS_BELOW_A_SECOND = 999_999_999;

    private final String detail;

    /**
     * An error response.
     *
     * @param status the status of the response
     * @param detail a sentence for the caller
     * @param cause null if there is none; never a part of the response
     */
    protected ApiException(HttpStatusCode status, String detail, @Nullable Throwable cause) {
        super(status, ProblemDetail.forStatusAndDetail(status, detail), cause);
        this.detail = detail;
    }

    /**
     * Returns an error response.
     *
     * @param status the status of the response
     * @param detail a sentence for the caller
     * @return the error response
     */
    public static ApiException of(HttpStatusCode status, String detail) {
        return of(status, detail, null);
    }

    /**
     * Returns an error response.
     *
     * @param status the status of the response
     * @param detail a sentence for the caller
     * @param cause null if there is none; never a part of the response
     * @return the error response
     */
    public static ApiException of(HttpStatusCode status, String detail, @Nullable Throwable cause) {
        return new ApiException(status, detail, cause);
    }

    /**
     * Returns a response with the status 404.
     *
     * @param detail a sentence for the caller
     * @return the error response
     */
    public static ApiException notFound(String detail) {
        return of(HttpStatus.NOT_FOUND, detail);
    }

    /**
     * Returns an error response that states when to repeat the request.
     *
     * @param status the status of the response
     * @param detail a sentence for the caller
     * @param retryAfter rounded up to whole seconds, because a client that returns too early is refused again
     * @return the error response
     */
    public static ApiException retryLater(HttpStatusCode status, String detail, Duration retryAfter) {
        return retryLater(status, detail, retryAfter, null);
    }

    /**
     * Returns an error response that states when to repeat the request.
     *
     * @param status the status of the response
     * @param detail a sentence for the caller
     * @param retryAfter rounded up to whole seconds
     * @param cause null if there is none; never a part of the response
     * @return the error response
     */
    public static ApiException retryLater(
            HttpStatusCode status, String detail, Duration retryAfter, @Nullable Throwable cause) {
        ApiException error = new ApiException(status, detail, cause);
        error.setRetryAfter(retryAfter);
        return error;
    }

    /**
     * Sets {@code Retry-After}.
     *
     * @param retryAfter rounded up to whole seconds
     */
    protected final void setRetryAfter(Duration retryAfter) {
        long seconds = retryAfter.plusNanos(NANOS_BELOW_A_SECOND).toSeconds();
        getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    }

    /**
     * Adds a member to the body.
     *
     * @param member the name of the member
     * @param value a value that Jackson can write; null for a JSON null
     * @return this error
     */
    public ApiException with(String member, @Nullable Object value) {
        getBody().setProperty(member, value);
        return this;
    }

    /** Returns the detail alone. The message of the superclass also has status, headers and body. */
    @Override
    public String getMessage() {
        return detail;
    }

    /** Returns this, without a stack trace. A superclass has no constructor that switches stack traces off. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
