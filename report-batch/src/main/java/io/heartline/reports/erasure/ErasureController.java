package io.heartline.reports.erasure;

import io.heartline.events.Identifier;
import io.heartline.reports.failure.Failures;
import io.heartline.reports.http.RequestLimits;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.problem.ApiException;
import io.heartline.web.problem.InvalidParameterException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@RestController
class ErasureController {

    private static final Logger logger = LoggerFactory.getLogger(ErasureController.class);

    /** A low number, because each erasure has a Kafka client of its own. */
    private static final int MAX_CONCURRENT = 4;

    /** One second less than the ten seconds in which a client gets its answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(9);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Eraser eraser;
    private final ConcurrencyLimit limit = RequestLimits.create("erase an author", MAX_CONCURRENT);

    ErasureController(Eraser eraser) {
        this.eraser = eraser;
    }

    @DeleteMapping("/v1/authors/{authorId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> erase(@PathVariable String authorId) {
        if (!Identifier.isValid(authorId)) {
            throw new InvalidParameterException("authorId", Identifier.RULE);
        }
        AtomicBoolean isAnswered = new AtomicBoolean();
        return Mono.<Void>fromRunnable(() -> eraseAndReport(isAnswered, authorId))
                .subscribeOn(Schedulers.boundedElastic())
                .doOnCancel(() -> isAnswered.set(true))
                .timeout(
                        TIMEOUT,
                        Mono.error(() -> incomplete("The erasure is not complete yet: repeat the request.", null)));
    }

    /** Once the client has its answer, nothing receives the error of the interrupted erasure. */
    private void eraseAndReport(AtomicBoolean isAnswered, String authorId) {
        try {
            eraseWithPermit(authorId);
        } catch (RuntimeException e) {
            if (!isAnswered.get()) {
                throw e;
            }
            logger.warn("an erasure was given up after {}: {}", TIMEOUT, Failures.describe(e));
        }
    }

    private void eraseWithPermit(String authorId) {
        ConcurrencyLimit.Permit permit = limit.acquire();
        try {
            eraser.erase(authorId);
        } catch (KafkaException e) {
            throw incomplete(
                    "The reports are deleted. Kafka does not answer, so the next run completes the erasure: repeat the request.",
                    e);
        } finally {
            permit.release();
        }
    }

    private static ApiException incomplete(String detail, @Nullable KafkaException cause) {
        return ApiException.retryLater(HttpStatus.SERVICE_UNAVAILABLE, detail, RETRY_AFTER, cause);
    }
}
