package io.heartline.gateway.kafka;

import io.heartline.events.LikesLog;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/** Describes the topic with one admin client, which is created when it is first needed. Thread-safe. */
final class TopicLookup implements AutoCloseable {

    private final Map<String, Object> settings;
    private final String topic;
    private Admin admin;

    TopicLookup(Map<String, Object> settings, String topic) {
        this.settings = settings;
        this.topic = topic;
    }

    /**
     * Describes the topic without blocking.
     *
     * @return fails with a {@link KafkaException}, also if no broker's name can be resolved
     */
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

    /** Returns whether a timeout is the cause. After an Error has ended the thread of Kafka's client, every call times out. */
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
            admin.close(Duration.ZERO); // no caller waits for an answer any more
        }
    }
}
