package io.heartline.producer;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.Position;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** The topic as somewhere to append to, whose acknowledgement is final. Never waits: not for Kafka, nor for memory. */
final class LikeLog {

    private final LogOpener opener;
    private final String source;
    private final Duration patience;
    private final LongAdder inFlight = new LongAdder();

    /** What became of an event. */
    interface Ack {

        /**
         * Called once, by whatever thread, perhaps before {@link #append} returns.
         *
         * @param position null if it is not known to be in the log
         * @param failure null if it is; {@code BufferExhaustedException} says that it is not, anything else leaves it open
         */
        void done(Position position, Exception failure);
    }

    /**
     * @param source the CloudEvents {@code source} of every event
     * @param patience how long a log that is not open is waited for
     */
    LikeLog(LogOpener opener, String source, Duration patience) {
        this.opener = opener;
        this.source = source;
        this.patience = patience;
    }

    boolean isOpen() {
        return opener.current() != null;
    }

    /** The log as soon as it is open, or a failure when that has taken too long. */
    CompletableFuture<OpenLog> opened() {
        return opener.opened().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Tells once every in-sync replica has the event, or when that has taken too long. */
    void append(LikeEvent event, Ack ack) {
        inFlight.increment();
        OpenLog open = opener.current();
        if (open != null) {
            send(open, event, ack);
            return;
        }
        opened().whenComplete((now, e) -> {
            if (e == null) {
                send(now, event, ack);
            } else {
                fail(opener.trouble() == null ? new KafkaException(e) : opener.trouble(), ack);
            }
        });
    }

    private void send(OpenLog open, LikeEvent event, Ack ack) {
        ProducerRecord<byte[], byte[]> record = LikeEventRecord.of(open.log(), event, source);
        try {
            open.producer().send(record, (metadata, e) -> settle(open, metadata, e, ack));
        } catch (KafkaException | IllegalStateException e) { // one that has failed for good, or was closed
            opener.replace(open, e);
            fail(e, ack);
        }
    }

    private void settle(OpenLog open, RecordMetadata metadata, Exception e, Ack ack) {
        if (e != null) {
            if (isFatal(e)) {
                opener.replace(open, e);
            }
            fail(e, ack);
        } else if (open.continuesWith(metadata.partition(), metadata.offset()) && opener.current() == open) {
            succeed(open.position(metadata.partition(), metadata.offset()), ack);
        } else {
            opener.doubt(open);
            opened().whenComplete((now, trouble) -> {
                if (trouble == null) {
                    succeed(now.position(metadata.partition(), metadata.offset()), ack);
                } else {
                    fail(new KafkaException(trouble), ack);
                }
            });
        }
    }

    private void succeed(Position position, Ack ack) {
        inFlight.decrement();
        ack.done(position, null);
    }

    private void fail(Exception e, Ack ack) {
        inFlight.decrement();
        ack.done(null, e);
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

    /** Events that were appended and not told of yet. */
    long inFlight() {
        return inFlight.sum();
    }
}
