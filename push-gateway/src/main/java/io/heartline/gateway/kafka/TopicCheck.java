package io.heartline.gateway.kafka;

import io.heartline.events.LikesLog;
import java.util.concurrent.CompletableFuture;

/**
 * The comparison of the topic with the log that is read. Kafka's consumer continues in a recreated topic without an error if the new
 * topic has its offsets. Thread-safe.
 */
final class TopicCheck {

    private final LikesLog log;
    private final CompletableFuture<LikesLog> changed = new CompletableFuture<>();

    /** @param log the log that is read */
    TopicCheck(LikesLog log) {
        this.log = log;
    }

    /**
     * Compares a description of the topic with the log.
     *
     * @throws TopicChangedException if the topic was recreated or has another number of partitions
     */
    void compare(LikesLog found) {
        if (!found.id().equals(log.id()) || found.partitions() != log.partitions()) {
            changed.complete(found);
            throw new TopicChangedException();
        }
    }

    /** Returns the topic that differs from the log, as soon as a thread has found it. */
    CompletableFuture<LikesLog> changed() {
        return changed;
    }

    /** The topic is another log than the one that is read, so no tail of the old log may continue. */
    static final class TopicChangedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TopicChangedException() {
            super("the topic has changed", null, false, false);
        }
    }
}
