package io.heartline.web.problem;

import org.springframework.http.HttpStatus;

/** The body of the response to a request that the server cannot read. A service that defines no bean of this type sends no body. */
@FunctionalInterface
public interface UnreadableRequestBody {

    /**
     * Returns the body.
     *
     * @param status the status with which the server answers, 400 or higher
     * @param requestId the value of the response's {@code Request-Id}
     * @return JSON of the type {@code application/problem+json}
     */
    byte[] problem(HttpStatus status, String requestId);
}
