package io.heartline.producer.kafka;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A session: one creation of the topic, and one Kafka producer. A like that is acknowledged during the session has its position in
 * this log.
 */
final class LogSession {

    private final LikesLog log;
    private final String epoch;
    private final TrackedProducer producer;
    private final AtomicLongArray lastOffsets;

    LogSession(LikesLog log, TrackedProducer producer) {
        this.log = log;
        this.epoch = log.epoch();
        this.producer = producer;
        this.lastOffsets = new AtomicLongArray(log.partitions());
        for (int i = 0; i < log.partitions(); i++) {
            lastOffsets.set(i, Position.BEFORE_FIRST);
        }
    }

    LikesLog log() {
        return log;
    }

    TrackedProducer producer() {
        return producer;
    }

    /** Returns whether Kafka has acknowledged a like in this session. */
    boolean hasAcknowledged() {
        for (int i = 0; i < lastOffsets.length(); i++) {
            if (lastOffsets.get(i) != Position.BEFORE_FIRST) {
                return true;
            }
        }
        return false;
    }

    Position position(int partition, long offset) {
        return new Position(epoch, partition, offset);
    }

    /**
     * Records an acknowledged offset, and returns whether it is greater than the last. Offsets start at 0 again if the topic was
     * deleted and created again under the same name, and Kafka's client does not report that.
     */
    boolean advancesTo(int partition, long offset) {
        return offset > lastOffsets.getAndSet(partition, offset);
    }
}
