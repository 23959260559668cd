package io.heartline.gateway.http;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.limit.ConcurrencyLimit.Permit;

/**
 * The permits of a request for likes.
 *
 * @param connection the permit of the connection, or of the poll
 * @param follows the permit of its authors, which changes with them
 */
record ConnectionPermits(Permit connection, Permit follows) {

    /**
     * Acquires the permits of a request.
     *
     * @throws StreamRefusedException if a maximum is reached; no permit is held then
     */
    static ConnectionPermits acquire(
            FollowRequest request, ConcurrencyLimit connectionLimit, ConcurrencyLimit followLimit) {
        String caller = request.caller().name();
        Permit connection = connectionLimit.acquire(caller);
        try {
            return new ConnectionPermits(
                    connection, followLimit.acquire(caller, request.authors().size()));
        } catch (StreamRefusedException e) {
            connection.release();
            throw e;
        }
    }

    void release() {
        connection.release();
        follows.release();
    }
}
