package io.heartline.reports.run;

import com.mongodb.MongoTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Waits for MongoDB on a run's thread. */
final class MongoCalls {

    /**
     * Longer than the timeout that the client sets for each operation, which is the one that normally ends the wait. This limit
     * ends it if the driver itself fails to.
     */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private MongoCalls() {}

    /**
     * Returns the answer of an operation on MongoDB.
     *
     * @return null if the answer is empty
     * @throws MongoTimeoutException if there is no answer within {@link #LIMIT}
     */
    static <T> @Nullable T await(Mono<T> operation) {
        return operation
                .timeout(LIMIT, Mono.error(() -> new MongoTimeoutException("MongoDB has not answered within " + LIMIT)))
                .block();
    }
}
