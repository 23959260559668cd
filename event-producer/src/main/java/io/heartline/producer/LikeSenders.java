package io.heartline.producer;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ProducerFactory;

/** One Kafka producer at a time: creates it, and replaces it after it has failed. */
final class LikeSenders {

    private static final Duration METADATA = Duration.ofSeconds(5);
    private static final Duration METADATA_POLL = Duration.ofMillis(10);

    private final ProducerFactory<byte[], byte[]> producers;
    private final String topic;
    private final Set<LikeSender> unsettled =
            ConcurrentHashMap.newKeySet(); // the current one, and those with likes in flight
    private volatile @Nullable LikeSender current;
    private volatile boolean isFailed;

    LikeSenders(ProducerFactory<byte[], byte[]> producers, String topic) {
        this.producers = producers;
        this.topic = topic;
    }

    /** Lets {@link #ready()} replace a producer. Returns false if it is replaced already. */
    boolean fail(LikeSender failed) {
        boolean isCurrent = failed == current;
        if (isCurrent) {
            isFailed = true;
        }
        return isCurrent;
    }

    /** Returns whether the thread of Kafka's producer has ended, after which no like is settled. */
    boolean isDead() {
        LikeSender sender = current;
        return sender != null && !sender.isAlive();
    }

    /** Returns how many likes were taken and not settled, also by producers that were replaced. */
    long inFlight() {
        return unsettled.stream().mapToLong(sender -> sender.inFlight().sum()).sum();
    }

    /** Returns a sender that knows the topic's partitions, a new one if necessary. Called by one thread, which it may block. */
    LikeSender ready() throws InterruptedException {
        if (isFailed || isDead()) {
            current = null;
            isFailed = false;
            producers.reset();
        }
        LikeSender sender = current;
        if (sender == null) {
            sender = new LikeSender(producers.createProducer());
            // likes of a producer whose thread has ended are never settled, so they do not count
            unsettled.removeIf(old -> !old.isAlive() || old.inFlight().sum() == 0);
            unsettled.add(sender);
            current = sender;
        }
        awaitMetadata(sender);
        return sender;
    }

    /** Waits until the topic's partitions are known. Kafka's producer is configured not to wait for them itself. */
    private void awaitMetadata(LikeSender sender) throws InterruptedException {
        long deadline = System.nanoTime() + METADATA.toNanos();
        while (true) {
            try {
                sender.producer().partitionsFor(topic);
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(METADATA_POLL.toMillis());
            }
        }
    }
}
