package io.heartline.producer.kafka;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka producer, the thread on which it sends, and the number of likes that it has not settled. An Error ends that thread. The
 * producer then still accepts likes, but neither acknowledges them nor lets them time out.
 */
final class TrackedProducer {

    private final Producer<byte[], byte[]> delegate;
    private final @Nullable Thread networkThread;
    private final LongAdder inFlight = new LongAdder();

    /** @param producer a producer that this thread has created */
    TrackedProducer(Producer<byte[], byte[]> producer) {
        this.delegate = producer;
        this.networkThread = networkThreadOf(producer);
    }

    /**
     * Returns the newest thread with the producer's name, because the clients of several contexts in one JVM can have one
     * name. Prefers this thread's group, because another context may have created a producer since. Returns null if there is no
     * such thread, as with a producer that is not Kafka's own.
     */
    private static @Nullable Thread networkThreadOf(Producer<?, ?> producer) {
        Map<MetricName, ? extends Metric> metrics = producer.metrics();
        if (metrics == null || metrics.isEmpty()) {
            return null;
        }
        String clientId = metrics.keySet().iterator().next().tags().get("client-id");
        String name = KafkaProducer.NETWORK_THREAD_PREFIX + " | " + clientId;
        ThreadGroup own = Thread.currentThread().getThreadGroup();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(candidate -> candidate.getName().equals(name))
                .max(Comparator.<Thread, Boolean>comparing(candidate -> candidate.getThreadGroup() == own)
                        .thenComparingLong(Thread::getId))
                .orElse(null);
    }

    Producer<byte[], byte[]> delegate() {
        return delegate;
    }

    /** Returns false if the producer can no longer settle likes. */
    boolean isAlive() {
        return networkThread == null || networkThread.isAlive();
    }

    /** Returns the number of likes that were sent and are not settled. Any thread may change it. */
    LongAdder inFlight() {
        return inFlight;
    }
}
