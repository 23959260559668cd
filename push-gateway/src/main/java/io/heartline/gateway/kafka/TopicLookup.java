package io.heartline.gateway.kafka;

import io.heartline.events.LikesLog;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/** Asks Kafka what the topic is, over one connection that is there from the first time on. */
final class TopicLookup implements AutoCloseable {

    private final Map<String, Object> settings;
    private final String topic;
    private Admin admin;

    TopicLookup(Map<String, Object> settings, String topic) {
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
        Admin current = admin;
        return LikesLog.describe(current, topic).whenComplete((log, e) -> {
            if (e != null && isTimeout(e)) {
                replace(current);
            }
        });
    }

    /** Returns whether a timeout caused it. After an Error has ended the thread of Kafka's client, every call times out. */
    private static boolean isTimeout(Throwable e) {
        return e instanceof TimeoutException || e.getCause() instanceof TimeoutException;
    }

    private synchronized void replace(Admin failed) {
        if (admin == failed) {
            admin = null;
            failed.close(Duration.ZERO);
        }
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO); // nobody waits for an answer any more
        }
    }
}
