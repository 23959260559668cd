package io.heartline.producer.kafka;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ProducerFactory;

/** One Kafka producer at a time: creates it, and replaces it after it has failed. */
final class ProducerLifecycle {

    private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration METADATA_POLL_INTERVAL = Duration.ofMillis(10);

    private final ProducerFactory<byte[], byte[]> factory;
    private final String topic;
    private final Set<TrackedProducer> withLikesInFlight =
            ConcurrentHashMap.newKeySet(); // the current one, and those with likes in flight
    private volatile @Nullable TrackedProducer current;
    private volatile boolean isFailed;

    ProducerLifecycle(ProducerFactory<byte[], byte[]> factory, String topic) {
        this.factory = factory;
        this.topic = topic;
    }

    /** Lets {@link #awaitReady()} replace a producer. Returns false if it is replaced already. */
    boolean markFailed(TrackedProducer failed) {
        boolean isCurrent = failed == current;
        if (isCurrent) {
            isFailed = true;
        }
        return isCurrent;
    }

    /** Returns whether the thread of Kafka's producer has ended, after which no like is settled. */
    boolean isDead() {
        TrackedProducer producer = current;
        return producer != null && !producer.isAlive();
    }

    /** Returns how many likes were taken and not settled, also by producers that were replaced. */
    long inFlight() {
        return withLikesInFlight.stream()
                .mapToLong(producer -> producer.inFlight().sum())
                .sum();
    }

    /** Returns a sender that knows the topic's partitions, a new one if necessary. Called by one thread, which it may block. */
    TrackedProducer awaitReady() throws InterruptedException {
        if (isFailed || isDead()) {
            current = null;
            isFailed = false;
            factory.reset();
        }
        TrackedProducer producer = current;
        if (producer == null) {
            producer = new TrackedProducer(factory.createProducer());
            // likes of a producer whose thread has ended are never settled, so they do not count
            withLikesInFlight.removeIf(old -> !old.isAlive() || old.inFlight().sum() == 0);
            withLikesInFlight.add(producer);
            current = producer;
        }
        awaitMetadata(producer);
        return producer;
    }

    /** Waits until the topic's partitions are known. Kafka's producer is configured not to wait for them itself. */
    private void awaitMetadata(TrackedProducer producer) throws InterruptedException {
        long deadline = System.nanoTime() + METADATA_TIMEOUT.toNanos();
        while (true) {
            try {
                producer.delegate().partitionsFor(topic);
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(METADATA_POLL_INTERVAL.toMillis());
            }
        }
    }
}
