package io.heartline.producer;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import java.util.concurrent.atomic.AtomicLongArray;

/** One life of the topic and the producer that appends to it: what is acknowledged meanwhile stands in this log. */
final class OpenLog {

    private final LikesLog log;
    private final String epoch;
    private final LikeSender sender;
    private final AtomicLongArray latest;

    OpenLog(LikesLog log, LikeSender sender) {
        this.log = log;
        this.epoch = log.epoch();
        this.sender = sender;
        this.latest = new AtomicLongArray(log.partitions());
        for (int i = 0; i < log.partitions(); i++) {
            latest.set(i, Position.BEFORE_FIRST);
        }
    }

    LikesLog log() {
        return log;
    }

    LikeSender sender() {
        return sender;
    }

    /** Returns whether Kafka has acknowledged a like since the log was opened. */
    boolean hasAcknowledged() {
        for (int i = 0; i < latest.length(); i++) {
            if (latest.get(i) != Position.BEFORE_FIRST) {
                return true;
            }
        }
        return false;
    }

    Position position(int partition, long offset) {
        return new Position(epoch, partition, offset);
    }

    /**
     * Whether an offset that Kafka has just given out follows the ones before it. A log that was deleted and created again
     * under the same name begins anew, and Kafka's client does not say so.
     */
    boolean continuesWith(int partition, long offset) {
        return offset > latest.getAndSet(partition, offset);
    }
}
