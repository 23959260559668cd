package io.heartline.gateway;

import io.heartline.events.LikesLog;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Asks Kafka what the topic is, over one connection that is there from the first time on. */
final class LogLookup implements AutoCloseable {

    private final Map<String, Object> settings;
    private final String topic;
    private Admin admin;

    LogLookup(Map<String, Object> settings, String topic) {
        this.settings = settings;
        this.topic = topic;
    }

    /** Fails with a {@link KafkaException}; also while Kafka's name is not known to the network. */
    synchronized CompletionStage<LikesLog> describe() {
        if (admin == null) {
            try {
                admin = Admin.create(settings);
            } catch (KafkaException e) {
                return CompletableFuture.failedStage(e);
            }
        }
        return LikesLog.describe(admin, topic);
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO); // nobody waits for an answer any more
        }
    }
}
