package io.heartline.reports.mongo;

import com.mongodb.MongoTimeoutException;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Ends the wait of a request for MongoDB. Each operation has its own timeout, and several in sequence must not take that long each.
 *
 * @param timeout for all operations of one request together
 */
public record ReadTimeout(Duration timeout) {

    /**
     * Limits the time of an operation to the timeout.
     *
     * @param <T> the type of the answer
     * @param operation all operations of one request together
     * @return the answer; fails with a {@link MongoTimeoutException} if it does not come in time
     */
    public <T> Mono<T> applyTo(Mono<T> operation) {
        return applyTo(operation, Duration.ZERO);
    }

    /**
     * Limits the time of an operation that may take longer than others.
     *
     * @param <T> the type of the answer
     * @param operation all operations of one request together
     * @param extraTime added to the timeout, because the request waits for a run
     * @return the answer; fails with a {@link MongoTimeoutException} if it does not come in time
     */
    public <T> Mono<T> applyTo(Mono<T> operation, Duration extraTime) {
        Duration limit = timeout.plus(extraTime);
        return operation.timeout(
                limit, Mono.error(() -> new MongoTimeoutException("MongoDB has not answered within " + limit)));
    }
}
