package io.heartline.reports.run;

import com.mongodb.MongoTimeoutException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

/** Waits for MongoDB on a run's thread. */
final class MongoCalls {

    /**
     * Longer than the timeout that the client sets for each operation, which is the one that normally ends the wait. This limit
     * ends it if the driver itself fails to.
     */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** A report may have a megabyte. */
    private static final int PREFETCH = 16;

    private MongoCalls() {}

    /**
     * Returns the answer of an operation on MongoDB.
     *
     * @return null if the answer is empty
     * @throws MongoTimeoutException if there is no answer within {@link #LIMIT}
     */
    static <T> @Nullable T await(Mono<T> operation) {
        return operation.timeout(LIMIT, Mono.error(() -> noAnswerWithin(LIMIT))).block();
    }

    /**
     * Hands each answer to {@code action} on the calling thread and returns after the last one. The limit applies to the wait
     * for each answer, so neither the number of answers nor the time that {@code action} takes matters.
     *
     * @throws MongoTimeoutException if the next answer or the end does not come within {@link #LIMIT}
     */
    static <T> void forEach(Flux<T> answers, Consumer<? super T> action) {
        forEach(answers, LIMIT, action);
    }

    static <T> void forEach(Flux<T> answers, Duration limit, Consumer<? super T> action) {
        Answers<T> received = new Answers<>();
        answers.materialize().subscribe(received);
        try {
            for (Signal<T> next = received.next(limit); !next.isOnComplete(); next = received.next(limit)) {
                if (next.isOnError()) {
                    throw Exceptions.propagate(next.getThrowable());
                }
                action.accept(next.get());
                received.request(1);
            }
        } finally {
            received.cancel();
        }
    }

    /** At most {@link #PREFETCH} answers that have not been handed out, and the end. */
    private static final class Answers<T> extends BaseSubscriber<Signal<T>> {

        private final BlockingQueue<Signal<T>> signals = new LinkedBlockingQueue<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(PREFETCH);
        }

        @Override
        protected void hookOnNext(Signal<T> signal) {
            signals.add(signal);
        }

        Signal<T> next(Duration limit) {
            try {
                Signal<T> next = signals.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (next == null) {
                    throw noAnswerWithin(limit);
                }
                return next;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for MongoDB", e);
            }
        }
    }

    private static MongoTimeoutException noAnswerWithin(Duration limit) {
        return new MongoTimeoutException("MongoDB has not answered within " + limit);
    }
}
