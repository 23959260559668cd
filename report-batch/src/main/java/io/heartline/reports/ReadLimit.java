package io.heartline.reports;

import com.mongodb.MongoTimeoutException;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Ends the wait of a request for MongoDB. Each operation has a timeout of its own; several in a row must not take that long each.
 *
 * @param time for all operations of one request together
 */
public record ReadLimit(Duration time) {

    /** Returns the answer, or an error if it does not come in time. */
    public <T> Mono<T> on(Mono<T> answer) {
        return on(answer, Duration.ZERO);
    }

    /** @param waiting how much longer it may take because it waits for a run */
    public <T> Mono<T> on(Mono<T> answer, Duration waiting) {
        Duration limit = time.plus(waiting);
        return answer.timeout(
                limit, Mono.error(() -> new MongoTimeoutException("MongoDB has not answered within " + limit)));
    }
}
