package io.heartline.gateway.kafka;

import io.heartline.events.LikesLog;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/** Describes the topic with one admin client, which is created when it is first needed. Thread-safe. */
final class TopicLookup implements AutoCloseable {

    private final Map<String, Object> settings;
    private final String topic;
    private Admin admin;
    private boolean isClosed;

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
        if (isClosed) {
            return CompletableFuture.failedStage(new KafkaException("the topic is no longer looked up"));
        }
        if (admin == null) {
            try {
                admin = Admin.create(settings);
            } catch (KafkaException e) {
                return CompletableFuture.failedStage(e);
            }
        }
        Admin current = admin;
        return LikesLog.describe(current, topic).exceptionallyCompose(e -> {
            if (!isTimeout(e)) {
                return CompletableFuture.failedStage(e);
            }
            replace(current);
            return CompletableFuture.failedStage(new TimeoutException(
                    "Kafka does not answer. spring.kafka.bootstrap-servers is "
                            + settings.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG),
                    e));
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

    /** Closes the client without the lock, because the client waits for its thread, whose last answers need the lock. */
    @Override
    public void close() {
        Admin last;
        synchronized (this) {
            isClosed = true;
            last = admin;
            admin = null;
        }
        if (last != null) {
            last.close(Duration.ZERO); // no caller waits for an answer any more
        }
    }
}
