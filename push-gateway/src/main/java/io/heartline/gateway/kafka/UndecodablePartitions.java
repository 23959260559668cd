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

    /** A partition that is not read. Nothing between {@code from} and {@code end} can be decoded. */
    private record Suspension(long from, long end, long retryAt) {

        Suspension retriedAfter(Duration interval) {
            return new Suspension(from, end, System.nanoTime() + interval.toNanos());
        }
    }

    /**
     * @param consumer the consumer that reads the partitions
     * @param probes consumers to search for undecodable records with
     * @param retry how often to try to read a partition that is suspended
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
     * Looks for partitions that a poll may have failed by, and skips what cannot be decoded.
     *
     * @param next by partition that is read: the next offset
     * @param e what the poll failed by
     * @return whether there is such a partition
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
                            "{}: no offset from {} to {}, which is the last, can be decoded; its readers are refused, trying"
                                    + " again every {} ms: {}",
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
     * Kafka's client returns what precedes undecodable records before it throws an exception. If it throws an error, what
     * precedes them is read here, one by one.
     */
    private boolean isUndecodable(TopicPartition partition, long end, UndecodableSearch search, Throwable e) {
        return e instanceof KafkaException
                ? !search.isDecodable(partition, consumer.nextOffset(partition))
                : !search.read(
                        partition,
                        consumer.nextOffset(partition),
                        end,
                        records -> fanout.accept(consumer.trackOffsets(records)));
    }

    /** Tries to read a suspended partition again: at most one each time, so that the others are not held up. */
    void retry() {
        Map.Entry<TopicPartition, Suspension> first = suspended.entrySet().stream()
                .min(Comparator.comparingLong(entry -> entry.getValue().retryAt()))
                .orElse(null);
        if (first == null) {
            close(); // the last one may have been restarted after an exception
            return;
        }
        if (System.nanoTime() - first.getValue().retryAt() < 0) {
            return;
        }
        // set before the search, because after an exception the next poll would search again
        suspended.put(first.getKey(), first.getValue().retriedAfter(retry));
        try {
            retry(first.getKey(), first.getValue());
        } catch (TimeoutException e) { // for example, it has no leader
            logger.warn("{}: trying again in {}: {}", first.getKey(), RETRY_AFTER_TIMEOUT, e.toString());
            suspended.put(first.getKey(), first.getValue().retriedAfter(RETRY_AFTER_TIMEOUT));
        } finally {
            closeProbeIfUnused();
        }
    }

    private void retry(TopicPartition partition, Suspension before) {
        UndecodableSearch search = new UndecodableSearch(openProbe(), SEARCH_TIMEOUT);
        long begin = probe.beginningOffsets(Set.of(partition), SEARCH_TIMEOUT).get(partition);
        long end = probe.endOffsets(Set.of(partition), SEARCH_TIMEOUT).get(partition);
        long from = Math.max(before.from(), begin); // retention may have deleted the first ones
        long unread = Math.max(before.end(), begin);
        if (end < before.end()) {
            logger.warn(
                    "{}: the log was truncated from offset {} to {}, reading continues there",
                    partition,
                    before.end(),
                    end);
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
        } else if (end == before.end()) { // no further such record has arrived, so readers may wait for the next record
            skip(partition, before.from(), end, "reading goes on at the end");
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

    /** A new consumer logs all its settings, so one is kept while partitions are retried. */
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

    /** Forgets a partition that is read again. */
    void forget(TopicPartition partition) {
        suspended.remove(partition);
    }

    /** Returns how many offsets of suspended partitions were not read. */
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

    /** Lets a search that is under way fail, from another thread. */
    void wakeup() {
        Consumer<byte[], byte[]> searching = probe;
        if (searching != null) {
            searching.wakeup();
        }
    }
}
