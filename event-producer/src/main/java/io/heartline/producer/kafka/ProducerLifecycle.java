package io.heartline.producer.kafka;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ProducerFactory;

/** Creates one Kafka producer at a time, and replaces it after it has failed. */
final class ProducerLifecycle {

    private static final Duration METADATA_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration METADATA_POLL_INTERVAL = Duration.ofMillis(10);

    private final ProducerFactory<byte[], byte[]> factory;
    private final String topic;
    /** The current producer, and replaced producers with likes in flight. */
    private final Set<TrackedProducer> withLikesInFlight = ConcurrentHashMap.newKeySet();

    private volatile @Nullable TrackedProducer current;
    private volatile boolean isFailed;

    ProducerLifecycle(ProducerFactory<byte[], byte[]> factory, String topic) {
        this.factory = factory;
        this.topic = topic;
    }

    /** Lets {@link #awaitReady()} replace a producer. Returns false if the producer was replaced before. */
    boolean markFailed(TrackedProducer failed) {
        boolean isCurrent = failed == current;
        if (isCurrent) {
            isFailed = true;
        }
        return isCurrent;
    }

    /** Returns whether the thread of Kafka's producer has ended. Such a producer settles no like. */
    boolean isDead() {
        TrackedProducer producer = current;
        return producer != null && !producer.isAlive();
    }

    /** Returns the number of likes that were sent and are not settled, including the likes of replaced producers. */
    long inFlight() {
        return withLikesInFlight.stream()
                .mapToLong(producer -> producer.inFlight().sum())
                .sum();
    }

    /** Returns a producer that has the topic's metadata; a new producer if necessary. Blocks, so only one thread calls it. */
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

    /** Waits until the producer has the topic's metadata. Kafka's producer is configured not to wait for it itself. */
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
