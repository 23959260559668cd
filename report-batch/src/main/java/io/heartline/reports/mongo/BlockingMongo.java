package io.heartline.reports.mongo;

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
public final class BlockingMongo {

    /**
     * Longer than the client's timeout of each operation, which normally ends the wait. This limit ends it if the driver fails to.
     */
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    /** A report may have a megabyte. */
    private static final int PREFETCH = 16;

    private BlockingMongo() {}

    /**
     * Waits for the answer of an operation on MongoDB. Blocks the calling thread, which must not be a thread of the event
     * loop.
     *
     * @param <T> the type of the answer
     * @param operation is subscribed to once
     * @return the answer; null if it is empty
     * @throws MongoTimeoutException if there is no answer within {@link #TIMEOUT}
     */
    public static <T> @Nullable T await(Mono<T> operation) {
        return operation
                .timeout(TIMEOUT, Mono.error(() -> timeoutException(TIMEOUT)))
                .block();
    }

    /**
     * Hands each answer to {@code action} on the calling thread and returns after the last one. The limit applies to the wait
     * for each answer, so neither the number of answers nor the time that {@code action} takes matters.
     *
     * @param <T> the type of an answer
     * @param results is subscribed to once, and cancelled if {@code action} throws
     * @param action receives each answer, in order
     * @throws MongoTimeoutException if the next answer or the end does not come within {@link #TIMEOUT}
     */
    public static <T> void forEach(Flux<T> results, Consumer<? super T> action) {
        forEach(results, TIMEOUT, action);
    }

    static <T> void forEach(Flux<T> results, Duration timeout, Consumer<? super T> action) {
        Prefetched<T> prefetched = new Prefetched<>();
        results.materialize().subscribe(prefetched);
        try {
            for (Signal<T> next = prefetched.next(timeout); !next.isOnComplete(); next = prefetched.next(timeout)) {
                if (next.isOnError()) {
                    throw Exceptions.propagate(next.getThrowable());
                }
                action.accept(next.get());
                prefetched.request(1);
            }
        } finally {
            prefetched.cancel();
        }
    }

    /** At most {@link #PREFETCH} answers that have not been handed out, and the end. */
    private static final class Prefetched<T> extends BaseSubscriber<Signal<T>> {

        private final BlockingQueue<Signal<T>> signals = new LinkedBlockingQueue<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(PREFETCH);
        }

        @Override
        protected void hookOnNext(Signal<T> signal) {
            signals.add(signal);
        }

        Signal<T> next(Duration timeout) {
            try {
                Signal<T> next = signals.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
                if (next == null) {
                    throw timeoutException(timeout);
                }
                return next;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for MongoDB", e);
            }
        }
    }

    private static MongoTimeoutException timeoutException(Duration timeout) {
        return new MongoTimeoutException("MongoDB has not answered within " + timeout);
    }
}
