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
    private final LikerEraser likerEraser;
    private final ConcurrencyLimit limit = RequestLimits.create("erase an author or a liker", MAX_CONCURRENT);

    ErasureController(Eraser eraser, LikerEraser likerEraser) {
        this.eraser = eraser;
        this.likerEraser = likerEraser;
    }

    @DeleteMapping("/v1/authors/{authorId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> erase(@PathVariable String authorId) {
        requireValid("authorId", authorId);
        return erase(
                () -> eraser.erase(authorId),
                "The reports are deleted. Kafka does not answer, so the next run completes the erasure: repeat the request.");
    }

    @DeleteMapping("/v1/authors/{authorId}/likers/{likerId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> eraseLiker(@PathVariable String authorId, @PathVariable String likerId) {
        requireValid("authorId", authorId);
        requireValid("likerId", likerId);
        return erase(
                () -> likerEraser.erase(authorId, likerId),
                "The liker is removed from the reports. Kafka does not answer, so the next run completes the erasure: repeat the request.");
    }

    private static void requireValid(String parameter, String id) {
        if (!Identifier.isValid(id)) {
            throw new InvalidParameterException(parameter, Identifier.RULE);
        }
    }

    /** @param withoutKafka the detail of the answer if only Kafka is missing */
    private Mono<Void> erase(Runnable erasure, String withoutKafka) {
        AtomicBoolean isAnswered = new AtomicBoolean();
        return Mono.<Void>fromRunnable(() -> eraseAndReport(isAnswered, erasure, withoutKafka))
                .subscribeOn(Schedulers.boundedElastic())
                .doOnCancel(() -> isAnswered.set(true))
                .timeout(
                        TIMEOUT,
                        Mono.error(() -> incomplete("The erasure is not complete yet: repeat the request.", null)));
    }

    /** Once the client has its answer, nothing receives the error of the interrupted erasure. */
    private void eraseAndReport(AtomicBoolean isAnswered, Runnable erasure, String withoutKafka) {
        try {
            eraseWithPermit(erasure, withoutKafka);
        } catch (RuntimeException e) {
            if (!isAnswered.get()) {
                throw e;
            }
            logger.warn("an erasure was given up after {}: {}", TIMEOUT, Failures.describe(e));
        }
    }

    private void eraseWithPermit(Runnable erasure, String withoutKafka) {
        ConcurrencyLimit.Permit permit = limit.acquire();
        try {
            erasure.run();
        } catch (KafkaException e) {
            throw incomplete(withoutKafka, e);
        } finally {
            permit.release();
        }
    }

    private static ApiException incomplete(String detail, @Nullable KafkaException cause) {
        return ApiException.retryLater(HttpStatus.SERVICE_UNAVAILABLE, detail, RETRY_AFTER, cause);
    }
}
