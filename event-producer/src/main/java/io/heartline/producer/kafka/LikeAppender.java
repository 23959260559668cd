package io.heartline.producer.kafka;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.Position;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * An appender that sends likes to Kafka and reports their positions. Appending a like has two stages. First Kafka's client accepts
 * the like. Then Kafka acknowledges it, which is final. No method waits, neither for Kafka nor for memory.
 */
public final class LikeAppender {

    private final TopicMonitor monitor;
    private final String source;
    private final Duration ackTimeout;
    private final LongSupplier nanoClock;

    /** Receives the result of a like that was sent. */
    public interface AppendCallback {

        /**
         * Called once, usually on Kafka's only thread, so it must not block. Never called during {@link LikeAppender#tryAppend}.
         *
         * @param position position of the like; null if the like failed
         * @param failure why the like is not known to be in the log; null if Kafka has acknowledged it
         */
        void onCompletion(Position position, Exception failure);
    }

    /** A result of {@link #tryAppend}. If it is not {@link #SENT}, the log will not contain the like, and nothing calls its callback. */
    public enum AppendStatus {
        /** Kafka's client has accepted the like and calls the callback later. */
        SENT,
        /** Kafka's client has no memory, because too many likes wait for Kafka. */
        BUFFER_FULL,
        /** No session is current. */
        UNAVAILABLE
    }

    /** Creates an appender that uses the system's clock. */
    LikeAppender(TopicMonitor monitor, String source, Duration ackTimeout) {
        this(monitor, source, ackTimeout, System::nanoTime);
    }

    /**
     * A like that Kafka's client has accepted.
     *
     * @param acknowledgement completes when every in-sync replica has the like, or fails with the reason for which that is unknown.
     *     It completes on another thread, usually Kafka's only one, whose callbacks must not block.
     */
    public record SentLike(CompletableFuture<Appended> acknowledgement) {}

    /**
     * A like that every in-sync replica has.
     *
     * @param position the like's position in the log
     * @param ackNanos time from sending the like to its acknowledgement, in nanoseconds
     */
    public record Appended(Position position, long ackNanos) {}

    /**
     * Creates an appender.
     *
     * @param source the CloudEvents {@code source} of every event
     * @param ackTimeout maximum time to wait for a session
     * @param nanoClock clock in nanoseconds, like {@link System#nanoTime()}
     */
    LikeAppender(TopicMonitor monitor, String source, Duration ackTimeout, LongSupplier nanoClock) {
        this.monitor = monitor;
        this.source = source;
        this.ackTimeout = ackTimeout;
        this.nanoClock = nanoClock;
    }

    /**
     * Returns a future that completes when likes can be appended.
     *
     * @return a future that fails with the cause if likes cannot be appended within the ack timeout. It may complete on any thread,
     *     whose callbacks must not block.
     */
    public CompletableFuture<Void> whenAvailable() {
        return whenSessionAvailable(ackTimeout).thenAccept(session -> {});
    }

    private CompletableFuture<LogSession> whenSessionAvailable(Duration timeout) {
        return monitor.whenAvailable()
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(causeOf(e)));
    }

    private Throwable causeOf(Throwable timeout) {
        Throwable failure = monitor.failure();
        return failure == null ? timeout : failure;
    }

    /**
     * Sends a like. If the log is unavailable, waits for it until the ack timeout and tries once more.
     *
     * @param event the like
     * @param traceHeaders headers by which consumers continue the trace; empty if it is not sampled
     * @return a future of the like that was sent. It fails with {@link BufferFullException}, or with the reason for which the log
     *     is unavailable. It may complete on any thread, whose callbacks must not block. If it is cancelled while the log is
     *     unavailable, the like is not sent.
     */
    public CompletableFuture<SentLike> append(LikeEvent event, List<Header> traceHeaders) {
        SentLike like = new SentLike(new CompletableFuture<>());
        AppendStatus first = tryAppend(event, traceHeaders, acknowledging(like));
        if (first != AppendStatus.UNAVAILABLE) {
            return sent(like, first);
        }
        return whenSessionAvailable(ackTimeout)
                .thenCompose(session -> sent(like, tryAppend(event, traceHeaders, acknowledging(like))));
    }

    /** Returns a callback that completes the acknowledgement. Its time counts from this call. */
    private AppendCallback acknowledging(SentLike like) {
        long startNanos = nanoClock.getAsLong();
        return (position, failure) -> {
            if (position != null) {
                like.acknowledgement().complete(new Appended(position, nanoClock.getAsLong() - startNanos));
            } else {
                like.acknowledgement().completeExceptionally(failure);
            }
        };
    }

    private static CompletableFuture<SentLike> sent(SentLike like, AppendStatus status) {
        return switch (status) {
            case SENT -> CompletableFuture.completedFuture(like);
            case BUFFER_FULL -> CompletableFuture.failedFuture(new BufferFullException());
            case UNAVAILABLE -> CompletableFuture.failedFuture(new KafkaException("the log became unavailable again"));
        };
    }

    /**
     * Sends a like if that is possible immediately. The callback is called when every in-sync replica has the like, or after the
     * ack timeout.
     *
     * @param event the like
     * @param traceHeaders headers by which consumers continue the trace; empty if it is not sampled
     * @param callback receives the result; it is called only if this method returns {@link AppendStatus#SENT}
     * @return whether the like was sent
     */
    public AppendStatus tryAppend(LikeEvent event, List<Header> traceHeaders, AppendCallback callback) {
        LogSession session = monitor.currentSession();
        if (session == null) {
            return AppendStatus.UNAVAILABLE;
        }
        TrackedProducer producer = session.producer();
        producer.inFlight().increment();
        SendCallback sendCallback = new SendCallback(session, callback);
        try {
            ProducerRecord<byte[], byte[]> record = LikeEventRecord.of(session.log(), event, source);
            traceHeaders.forEach(record.headers()::add);
            producer.delegate().send(record, sendCallback);
        } catch (KafkaException | IllegalStateException e) { // the producer has had a fatal error, or was closed
            sendCallback.sendFailure = e;
        }
        sendCallback.hasSendReturned = true;
        Exception sendFailure = sendCallback.sendFailure;
        if (sendFailure == null) {
            return AppendStatus.SENT;
        }
        producer.inFlight().decrement();
        if (sendFailure instanceof BufferExhaustedException) {
            return AppendStatus.BUFFER_FULL;
        }
        if (isFatal(sendFailure)) {
            monitor.replaceProducer(session, sendFailure);
        } else if (sendFailure instanceof TopicAuthorizationException) {
            monitor.invalidateAfterRefusal(session, sendFailure);
        } else {
            monitor.invalidate(session); // the producer has no metadata: perhaps the topic was deleted
        }
        return AppendStatus.UNAVAILABLE;
    }

    /** Receives a refusal from Kafka's client during the call of send, on the calling thread, or the result later. */
    private final class SendCallback implements Callback {

        private final Thread callingThread = Thread.currentThread();
        private final long startNanos = nanoClock.getAsLong();
        private final LogSession session;
        private final AppendCallback callback;
        private boolean hasSendReturned; // used by the calling thread only
        private Exception sendFailure;

        SendCallback(LogSession session, AppendCallback callback) {
            this.session = session;
            this.callback = callback;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, Exception e) {
            if (Thread.currentThread() == callingThread && !hasSendReturned) {
                sendFailure = e;
            } else if (e != null) {
                if (isFatal(e)) {
                    monitor.replaceProducer(session, e);
                } else if (e instanceof TopicAuthorizationException) {
                    monitor.invalidateAfterRefusal(session, e);
                }
                fail(e);
            } else if (metadata.hasOffset()) {
                acknowledged(metadata.partition(), metadata.offset());
            } else {
                // A duplicate whose offset the broker no longer has. The log contains the like at an unknown position.
                fail(new KafkaException("Kafka acknowledged a like without its offset"));
            }
        }

        private void acknowledged(int partition, long offset) {
            boolean isIncreasing = session.advancesTo(partition, offset);
            if (isIncreasing && monitor.currentSession() == session) {
                succeed(session.position(partition, offset));
                return;
            }
            monitor.invalidate(session);
            whenSessionAvailable(remaining()).whenComplete((current, failure) -> {
                if (failure != null) {
                    fail(new KafkaException(failure));
                } else if (isIncreasing && !current.log().equals(session.log())) {
                    fail(new KafkaException("the topic was created again, perhaps after the like was appended"));
                } else {
                    succeed(current.position(partition, offset));
                }
            });
        }

        private void succeed(Position position) {
            session.producer().inFlight().decrement();
            callback.onCompletion(position, null);
        }

        private void fail(Exception e) {
            session.producer().inFlight().decrement();
            callback.onCompletion(null, e);
        }

        /** Returns the rest of the ack timeout, which counts from the call of send. */
        private Duration remaining() {
            Duration remaining = ackTimeout.minusNanos(nanoClock.getAsLong() - startNanos);
            return remaining.toMillis() > 0 ? remaining : Duration.ofMillis(1);
        }
    }

    /**
     * Returns true for errors after which the idempotent producer fails every later send and must be replaced. Errors that are not an
     * {@link ApiException} concern the producer and not one request.
     */
    private static boolean isFatal(Exception e) {
        return e instanceof ProducerFencedException
                || e instanceof InvalidProducerEpochException
                || e instanceof OutOfOrderSequenceException
                || e instanceof ClusterAuthorizationException
                || e instanceof UnsupportedVersionException
                || !(e instanceof ApiException);
    }

    /**
     * Returns the reason for which likes cannot be logged.
     *
     * @return null if readiness is UP
     */
    public @Nullable Throwable failure() {
        return monitor.failure();
    }

    /**
     * Returns the number of likes that were sent and are not settled.
     *
     * @return 0 or more
     */
    public long inFlight() {
        return monitor.inFlight();
    }
}
