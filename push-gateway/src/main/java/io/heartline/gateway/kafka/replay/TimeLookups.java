package io.heartline.gateway.kafka.replay;

import io.heartline.gateway.stream.History;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds the first record since a time by Kafka's index of times. Clients that ask for the same time share a lookup. Thread-safe.
 */
final class TimeLookups {

    private static final long NANOS_BELOW_A_MILLISECOND = 999_999;

    private final String topic;
    private final Duration timeout;
    private final Function<Supplier<History.Since>, CompletableFuture<History.Since>> queue;
    private final Supplier<Consumer<byte[], byte[]>> consumer;
    private final ConcurrentMap<Lookup, CompletableFuture<History.Since>> inFlight = new ConcurrentHashMap<>();

    private record Lookup(int partition, long millis) {}

    /**
     * Creates an object without lookups.
     *
     * @param topic the name of the topic
     * @param timeout the longest time to wait for Kafka for a request
     * @param queue runs a task on a thread of the reader; may throw if too many tasks wait
     * @param consumer supplies the consumer of the thread that runs a task
     */
    TimeLookups(
            String topic,
            Duration timeout,
            Function<Supplier<History.Since>, CompletableFuture<History.Since>> queue,
            Supplier<Consumer<byte[], byte[]>> consumer) {
        this.topic = topic;
        this.timeout = timeout;
        this.queue = queue;
        this.consumer = consumer;
    }

    /**
     * Finds the first record since a time, or joins a lookup of the same time that is in progress.
     *
     * @param partition number of the partition
     * @param time the time
     * @return as {@link History#firstSince} returns it
     */
    CompletionStage<History.Since> firstSince(int partition, Instant time) {
        // a record has milliseconds, so a time between two of them is before the later one
        long millis = Math.max(0, time.plusNanos(NANOS_BELOW_A_MILLISECOND).toEpochMilli());
        Lookup lookup = new Lookup(partition, millis);
        CompletableFuture<History.Since> answer = new CompletableFuture<>();
        CompletableFuture<History.Since> other = inFlight.putIfAbsent(lookup, answer);
        if (other != null) {
            return other;
        }
        try {
            queue.apply(() -> find(lookup)).whenComplete((since, e) -> complete(lookup, answer, since, e));
        } catch (RuntimeException | Error e) { // too many wait, or no thread can be created
            complete(lookup, answer, null, e);
        }
        return answer;
    }

    private void complete(
            Lookup lookup, CompletableFuture<History.Since> answer, History.Since since, Throwable failure) {
        inFlight.remove(lookup);
        if (failure == null) {
            answer.complete(since);
        } else {
            answer.completeExceptionally(failure);
        }
    }

    /**
     * Asks Kafka. The order of the three requests keeps the answer correct while records are appended and deleted. The end is read
     * before the lookup, so no record is between both. The beginning is read after the lookup. If it is lower than the offset that
     * was found, the log still has an earlier record, which was logged before the time. Deletion begins with the oldest records, so
     * no record since the time was deleted. This requires that times do not decrease along the log, as brokers with synchronized
     * clocks write them. If the first record of the log is the one that was found, the deleted records may have been logged since
     * the time.
     */
    private History.Since find(Lookup lookup) {
        TopicPartition partition = new TopicPartition(topic, lookup.partition());
        Set<TopicPartition> partitions = Set.of(partition);
        Consumer<byte[], byte[]> kafka = consumer.get();
        kafka.assign(partitions);
        long end = kafka.endOffsets(partitions, timeout).get(partition);
        OffsetAndTimestamp found = kafka.offsetsForTimes(Map.of(partition, lookup.millis()), timeout)
                .get(partition);
        long begin = kafka.beginningOffsets(partitions, timeout).get(partition);
        long offset = found == null ? end : found.offset();
        return new History.Since(offset, begin == 0 || begin < offset);
    }
}
