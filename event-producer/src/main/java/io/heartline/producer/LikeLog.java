package io.heartline.producer;

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

/** The topic as somewhere to append to, whose acknowledgement is final. Never waits: not for Kafka, nor for memory. */
final class LikeLog {

    private final LogOpener opener;
    private final String source;
    private final Duration patience;
    private final LongSupplier nanos;

    /** What becomes of an event that was taken. */
    interface Ack {

        /**
         * Called once, by another thread than the one that offered it.
         *
         * @param position null if it is not known to be in the log
         * @param failure null if it is
         */
        void done(Position position, Exception failure);
    }

    /** Whether an event is on its way. If not, nothing of it is, and nobody will hear of it again. */
    enum Offer {
        taken,
        /** There is no memory: too many are on their way. */
        full,
        /** The log is not open at the moment. */
        closed
    }

    /**
     * @param source the CloudEvents {@code source} of every event
     * @param patience how long a log that is not open is waited for
     */
    LikeLog(LogOpener opener, String source, Duration patience) {
        this(opener, source, patience, System::nanoTime);
    }

    /** @param nanos the time, as {@link System#nanoTime()} returns it */
    LikeLog(LogOpener opener, String source, Duration patience, LongSupplier nanos) {
        this.opener = opener;
        this.source = source;
        this.patience = patience;
        this.nanos = nanos;
    }

    /** The log as soon as it is open, or a failure when that has taken too long. */
    CompletableFuture<OpenLog> opened() {
        return opened(patience);
    }

    private CompletableFuture<OpenLog> opened(Duration timeout) {
        return opener.opened()
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(e -> CompletableFuture.failedFuture(reason(e)));
    }

    private Throwable reason(Throwable timeout) {
        Throwable failure = opener.failure();
        return failure == null ? timeout : failure;
    }

    /**
     * If it is taken, tells once every in-sync replica has it, or when that has taken too long.
     *
     * @param trace headers by which readers of the record go on with its trace, if it is recorded
     */
    Offer offer(LikeEvent event, List<Header> trace, Ack ack) {
        OpenLog open = opener.current();
        if (open == null) {
            return Offer.closed;
        }
        LikeSender sender = open.sender();
        sender.inFlight().increment();
        Handover handover = new Handover(open, ack);
        try {
            ProducerRecord<byte[], byte[]> record = LikeEventRecord.of(open.log(), event, source);
            trace.forEach(record.headers()::add);
            sender.producer().send(record, handover);
        } catch (KafkaException | IllegalStateException e) { // of one that has failed for good, or was closed
            handover.refusal = e;
        }
        handover.isReturned = true;
        Exception refusal = handover.refusal;
        if (refusal == null) {
            return Offer.taken;
        }
        sender.inFlight().decrement();
        if (refusal instanceof BufferExhaustedException) {
            return Offer.full;
        }
        if (isFatal(refusal)) {
            opener.replace(open, refusal);
        } else if (refusal instanceof TopicAuthorizationException) {
            opener.refused(open, refusal);
        } else {
            opener.doubt(open); // there is no metadata: perhaps there is no topic
        }
        return Offer.closed;
    }

    /** Receives what Kafka's client reports of an event: on the offering thread that it is not taken, or later its result. */
    private final class Handover implements Callback {

        private final Thread offering = Thread.currentThread();
        private final long offeredAt = nanos.getAsLong();
        private final OpenLog open;
        private final Ack ack;
        private boolean isReturned; // used by the offering thread only
        private Exception refusal;

        Handover(OpenLog open, Ack ack) {
            this.open = open;
            this.ack = ack;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, Exception e) {
            if (Thread.currentThread() == offering && !isReturned) {
                refusal = e;
            } else if (e != null) {
                if (isFatal(e)) {
                    opener.replace(open, e);
                } else if (e instanceof TopicAuthorizationException) {
                    opener.refused(open, e);
                }
                fail(e);
            } else if (metadata.hasOffset()) {
                settle(metadata.partition(), metadata.offset());
            } else {
                // a duplicate that the broker no longer has the offset of: it is in the log, but there is no position
                // to return
                fail(new KafkaException("Kafka acknowledged a like without its offset"));
            }
        }

        private void settle(int partition, long offset) {
            boolean follows = open.continuesWith(partition, offset);
            if (follows && opener.current() == open) {
                succeed(open.position(partition, offset));
                return;
            }
            opener.doubt(open);
            opened(rest()).whenComplete((now, failure) -> {
                if (failure != null) {
                    fail(new KafkaException(failure));
                } else if (follows && !now.log().equals(open.log())) {
                    fail(new KafkaException("the topic was created again, perhaps after the like was appended"));
                } else {
                    succeed(now.position(partition, offset));
                }
            });
        }

        private void succeed(Position position) {
            open.sender().inFlight().decrement();
            ack.done(position, null);
        }

        private void fail(Exception e) {
            open.sender().inFlight().decrement();
            ack.done(null, e);
        }

        /** Returns how long this like may still wait: the timeout counts from its offer, also if its log is doubted. */
        private Duration rest() {
            Duration rest = patience.minusNanos(nanos.getAsLong() - offeredAt);
            return rest.toMillis() > 0 ? rest : Duration.ofMillis(1);
        }
    }

    /** After these, or what is not said of one request, an idempotent producer answers everything with the same. */
    private static boolean isFatal(Exception e) {
        return e instanceof ProducerFencedException
                || e instanceof InvalidProducerEpochException
                || e instanceof OutOfOrderSequenceException
                || e instanceof ClusterAuthorizationException
                || e instanceof UnsupportedVersionException
                || !(e instanceof ApiException);
    }

    /** Returns whether likes can be logged, as readiness does. */
    boolean isOpen() {
        return opener.failure() == null;
    }

    /** Events that were taken and not told of yet. */
    long inFlight() {
        return opener.inFlight();
    }
}
