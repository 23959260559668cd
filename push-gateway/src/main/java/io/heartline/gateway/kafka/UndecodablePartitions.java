package io.heartline.gateway.kafka;

import io.heartline.gateway.stream.fanout.Fanout;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions whose next records cannot be decoded. Each is restarted after those records. While no later record can be
 * decoded, it is suspended. Used by one thread, except for {@link #wakeup()}.
 */
final class UndecodablePartitions implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(UndecodablePartitions.class);
    private static final Duration SEARCH_TIMEOUT = Duration.ofSeconds(5);
    // longer, because the other partitions are not read until a search times out
    private static final Duration RETRY_AFTER_TIMEOUT = Duration.ofSeconds(30);

    private final TailConsumer consumer;
    private final Supplier<Consumer<byte[], byte[]>> probes;
    private final Fanout fanout;
    private final SkippedOffsets skipped;
    private final Duration retry;
    private final Map<TopicPartition, Suspension> suspended = new HashMap<>();
    private volatile Consumer<byte[], byte[]> probe;

    /**
     * The state of a partition that is not read.
     *
     * @param from the first offset that cannot be decoded
     * @param end the offset, exclusive, up to which no record can be decoded
     * @param retryAt when to try the next time, by {@link System#nanoTime()}
     */
    private record Suspension(long from, long end, long retryAt) {

        Suspension retriedAfter(Duration interval) {
            return new Suspension(from, end, System.nanoTime() + interval.toNanos());
        }
    }

    /**
     * Creates an object without suspended partitions.
     *
     * @param consumer the consumer that reads the partitions
     * @param probes creates a consumer that searches for undecodable records
     * @param retry the pause between two attempts to read a suspended partition
     */
    UndecodablePartitions(
            TailConsumer consumer,
            Supplier<Consumer<byte[], byte[]>> probes,
            Fanout fanout,
            SkippedOffsets skipped,
            Duration retry) {
        this.consumer = consumer;
        this.probes = probes;
        this.fanout = fanout;
        this.skipped = skipped;
        this.retry = retry;
    }

    /**
     * Searches for partitions with undecodable records after a failed poll. Skips those records, or suspends the partition.
     *
     * @param next the next offset of each partition that is read
     * @param e the exception of the poll
     * @return whether a partition with undecodable records was found
     */
    boolean skipUndecodable(Map<TopicPartition, Long> next, Throwable e) {
        try {
            UndecodableSearch search = new UndecodableSearch(openProbe(), SEARCH_TIMEOUT);
            Map<TopicPartition, Long> ends = probe.endOffsets(next.keySet(), SEARCH_TIMEOUT);
            List<TopicPartition> affected = next.keySet().stream()
                    .filter(partition -> consumer.nextOffset(partition) < ends.get(partition))
                    .filter(partition -> isUndecodable(partition, ends.get(partition), search, e))
                    .toList();
            affected.forEach(partition -> fanout.suspend(partition.partition()));
            for (TopicPartition partition : affected) {
                long from = consumer.nextOffset(partition);
                long end = ends.get(partition);
                long decodable = search.firstDecodable(partition, from, end);
                if (decodable < end) {
                    skip(partition, from, decodable, e.toString());
                } else {
                    logger.warn(
                            "{}: offsets {} to {} (the last) cannot be decoded; the partition is suspended, retrying every"
                                    + " {} ms: {}",
                            partition,
                            from,
                            end - 1,
                            retry.toMillis(),
                            e.toString());
                    suspend(partition, from, end);
                }
            }
            return !affected.isEmpty();
        } finally {
            closeProbeIfUnused();
        }
    }

    /**
     * Returns whether a partition's next records cannot be decoded. Before an exception, Kafka's client has returned the records
     * that precede undecodable ones. Before an error it has not, so this method reads them one by one.
     */
    private boolean isUndecodable(TopicPartition partition, long end, UndecodableSearch search, Throwable e) {
        return e instanceof KafkaException
                ? !search.isDecodable(partition, consumer.nextOffset(partition))
                : !search.read(partition, consumer.nextOffset(partition), end, consumer::passOn);
    }

    /** Tries to read a suspended partition again: at most one in each call, so that the other partitions are not delayed. */
    void retry() {
        Map.Entry<TopicPartition, Suspension> first = suspended.entrySet().stream()
                .min(Comparator.comparingLong(entry -> entry.getValue().retryAt()))
                .orElse(null);
        if (first == null) {
            close(); // the last suspended partition may have been restarted after an exception
            return;
        }
        if (System.nanoTime() - first.getValue().retryAt() < 0) {
            return;
        }
        // set before the search, because after an exception the next poll would search again
        suspended.put(first.getKey(), first.getValue().retriedAfter(retry));
        try {
            retry(first.getKey(), first.getValue());
        } catch (TimeoutException e) { // for example, the partition has no leader
            logger.warn(
                    "{}: search for decodable records timed out, retrying in {}: {}",
                    first.getKey(),
                    RETRY_AFTER_TIMEOUT,
                    e.toString());
            suspended.put(first.getKey(), first.getValue().retriedAfter(RETRY_AFTER_TIMEOUT));
        } finally {
            closeProbeIfUnused();
        }
    }

    private void retry(TopicPartition partition, Suspension before) {
        UndecodableSearch search = new UndecodableSearch(openProbe(), SEARCH_TIMEOUT);
        long begin = probe.beginningOffsets(Set.of(partition), SEARCH_TIMEOUT).get(partition);
        long end = probe.endOffsets(Set.of(partition), SEARCH_TIMEOUT).get(partition);
        long from = Math.max(before.from(), begin); // retention may have deleted the first records
        long unread = Math.max(before.end(), begin);
        if (end < before.end()) {
            logger.warn(
                    "{}: the log was truncated from offset {} to {}; continuing there", partition, before.end(), end);
            skipped.add(partition.partition(), before.from(), end);
            consumer.resumeAt(partition, end, before.end());
        } else if (from == end) {
            skip(partition, before.from(), end, "they were deleted");
        } else if (search.isDecodable(partition, from)) { // for example, another replica leads now
            if (from > before.from()) {
                skip(partition, before.from(), from, "they were deleted");
            } else {
                logger.warn("{}: offset {} can be decoded again, nothing is skipped", partition, from);
                consumer.resumeAt(partition, from, 0);
            }
        } else if (end == before.end()) { // no further record has arrived, so clients can wait for the next one
            skip(partition, before.from(), end, "reading continues at the end");
        } else if (search.isDecodable(partition, unread)) {
            skip(partition, before.from(), unread, "later records can be decoded");
        } else if (search.isDecodable(partition, end - 1)) {
            long decodable = search.firstDecodable(partition, unread, end);
            skip(partition, before.from(), decodable, "later records can be decoded");
        } else {
            suspend(partition, before.from(), end);
        }
    }

    private Consumer<byte[], byte[]> openProbe() {
        if (probe == null) {
            probe = probes.get();
        }
        return probe;
    }

    /** Closes the probe unless a partition is suspended: a new consumer logs all its settings, so retries share one. */
    private void closeProbeIfUnused() {
        if (suspended.isEmpty()) {
            close();
        }
    }

    private void suspend(TopicPartition partition, long from, long end) {
        suspended.put(partition, new Suspension(from, end, 0).retriedAfter(retry));
        consumer.unassign(partition);
    }

    private void skip(TopicPartition partition, long from, long next, String reason) {
        logger.warn("{}: offsets {} to {} cannot be decoded and are skipped: {}", partition, from, next - 1, reason);
        skipped.add(partition.partition(), from, next);
        consumer.resumeAt(partition, next, next);
    }

    /** Removes a partition that is read again. */
    void forget(TopicPartition partition) {
        suspended.remove(partition);
    }

    /** Returns the number of offsets of suspended partitions that were not read. */
    long lag() {
        return suspended.values().stream()
                .mapToLong(suspension -> suspension.end() - suspension.from())
                .sum();
    }

    @Override
    public void close() {
        Consumer<byte[], byte[]> last = probe;
        probe = null;
        if (last != null) {
            last.close();
        }
    }

    /** Interrupts a search: it throws a WakeupException. Any thread may call. */
    void wakeup() {
        Consumer<byte[], byte[]> searching = probe;
        if (searching != null) {
            searching.wakeup();
        }
    }
}
