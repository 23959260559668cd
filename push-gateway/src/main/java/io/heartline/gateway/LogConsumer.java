package io.heartline.gateway;

import io.heartline.events.LikesLog;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer of every partition of the log. If a partition's records cannot be decoded, only its readers are sent away: the
 * partition is restarted after those records, or suspended while no later record can be decoded. Used by one thread, except
 * for {@link #wakeup()}.
 */
final class LogConsumer implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(LogConsumer.class);
    private static final Duration SEARCH_TIMEOUT = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> kafka;
    private final Supplier<Consumer<byte[], byte[]>> probes;
    private final Fanout fanout;
    private final SkippedOffsets skipped;
    private final Duration retry;
    private final Set<TopicPartition> active;
    private final Map<TopicPartition, Suspension> suspended = new HashMap<>();
    private Map<TopicPartition, Long> ends = Map.of();
    private volatile Consumer<byte[], byte[]> probe;

    /** A partition that is not read. Nothing between {@code from} and {@code end} can be decoded. */
    private record Suspension(long from, long end, long retryAt) {}

    /**
     * @param probes consumers to search for undecodable records with
     * @param retry how often to try to read a partition that is suspended
     */
    LogConsumer(
            LikesLog log,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Consumer<byte[], byte[]>> probes,
            Fanout fanout,
            SkippedOffsets skipped,
            Duration retry) {
        this.probes = probes;
        this.fanout = fanout;
        this.skipped = skipped;
        this.retry = retry;
        active = IntStream.range(0, log.partitions())
                .mapToObj(number -> new TopicPartition(log.topic(), number))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        kafka = consumers.get();
    }

    /**
     * Goes to the last records of each partition.
     *
     * @param records of each partition to read before {@link #isAtEnds()}
     * @return the offsets at which reading begins, by partition
     */
    Map<Integer, Long> seekBeforeEnds(int records) {
        kafka.assign(active);
        ends = kafka.endOffsets(active);
        Map<Integer, Long> from = new HashMap<>();
        kafka.beginningOffsets(active).forEach((partition, begin) -> {
            long start = Math.max(begin, ends.get(partition) - records);
            kafka.seek(partition, start);
            from.put(partition.partition(), start);
        });
        return from;
    }

    /** Returns whether every partition that can be read was read up to the end that it had at first. */
    boolean isAtEnds() {
        return active.stream().allMatch(partition -> kafka.position(partition) >= ends.get(partition));
    }

    /** Returns whether no partition can be read at the moment, so that {@link #poll} would not wait. */
    boolean isSuspended() {
        return active.isEmpty();
    }

    /**
     * Returns the next records of the partitions that can be read.
     *
     * @throws OffsetOutOfRangeException if a partition does not contain the offset that is to be read next; see {@link
     *     #restart(OffsetOutOfRangeException)}
     * @throws KafkaException if Kafka cannot be read
     */
    ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        retrySuspended();
        if (active.isEmpty()) {
            return ConsumerRecords.empty();
        }
        try {
            return kafka.poll(timeout);
        } catch (OffsetOutOfRangeException e) {
            throw e;
        } catch (KafkaException e) {
            if (!DamageSearch.isPossible(e)) {
                throw e;
            }
            // Kafka throws only when it has no records to return with it, so none is lost
            passUndecodable(e);
            return ConsumerRecords.empty();
        }
    }

    /** Returns how many records are on the topic that were not read. */
    long lag() {
        return active.stream()
                        .mapToLong(partition -> kafka.currentLag(partition).orElse(0))
                        .sum()
                + suspended.values().stream()
                        .mapToLong(suspension -> suspension.end() - suspension.from())
                        .sum();
    }

    /**
     * Goes on in partitions whose next offset is out of range: retention has deleted it, or a new leader does not have it.
     * Positions that may belong to records which are gone are not complete.
     */
    void restart(OffsetOutOfRangeException e) {
        Map<TopicPartition, Long> begins = kafka.beginningOffsets(e.partitions());
        Map<TopicPartition, Long> now = kafka.endOffsets(e.partitions());
        e.offsetOutOfRangePartitions().forEach((partition, position) -> {
            long begin = begins.get(partition);
            long end = endOf(partition, now.get(partition), e);
            if (position < begin || position > end) {
                long next = position < begin ? begin : end;
                logger.warn(
                        "{}: offset {} is out of range, the log has {} to {}; its readers are sent away, and reading goes on"
                                + " at {}",
                        partition,
                        position,
                        begin,
                        end - 1,
                        next);
                fanout.suspend(partition.partition());
                kafka.seek(partition, next);
                fanout.restart(partition.partition(), next, position < begin ? begin : position + 1);
            } else {
                kafka.seek(partition, position); // in range by now
            }
        });
    }

    /** Returns where the log ends, or where it differs from the one that was read so far. */
    private static long endOf(TopicPartition partition, long end, OffsetOutOfRangeException e) {
        OffsetAndMetadata differs =
                e instanceof LogTruncationException cut ? cut.divergentOffsets().get(partition) : null;
        return differs == null ? end : Math.min(end, differs.offset());
    }

    private void passUndecodable(KafkaException e) {
        try (Consumer<byte[], byte[]> own = openProbe()) {
            DamageSearch search = new DamageSearch(own, SEARCH_TIMEOUT);
            Map<TopicPartition, Long> now = own.endOffsets(active);
            List<TopicPartition> damaged = active.stream()
                    .filter(partition -> kafka.position(partition) < now.get(partition))
                    .filter(partition -> !search.isDecodable(partition, kafka.position(partition)))
                    .toList();
            if (damaged.isEmpty()) {
                throw e;
            }
            damaged.forEach(partition -> fanout.suspend(partition.partition()));
            for (TopicPartition partition : damaged) {
                long from = kafka.position(partition);
                long end = now.get(partition);
                long next = search.firstDecodable(partition, from, end);
                if (next < end) {
                    skip(partition, from, next, e.toString());
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
        } finally {
            probe = null;
        }
    }

    /** Tries at most one partition each time, so that the others are not held up. */
    private void retrySuspended() {
        Map.Entry<TopicPartition, Suspension> first = suspended.entrySet().stream()
                .min(Comparator.comparingLong(entry -> entry.getValue().retryAt()))
                .orElse(null);
        if (first == null || System.nanoTime() - first.getValue().retryAt() < 0) {
            return;
        }
        try (Consumer<byte[], byte[]> own = openProbe()) {
            retry(first.getKey(), first.getValue(), own);
        } finally {
            probe = null;
        }
    }

    private void retry(TopicPartition partition, Suspension before, Consumer<byte[], byte[]> own) {
        DamageSearch search = new DamageSearch(own, SEARCH_TIMEOUT);
        long end = own.endOffsets(Set.of(partition)).get(partition);
        if (search.isDecodable(partition, before.from())) { // for example, another replica leads now
            logger.warn("{}: offset {} can be decoded again, nothing is skipped", partition, before.from());
            goOn(partition, before.from(), 0);
        } else if (end
                == before.end()) { // no undecodable record has arrived since, so readers may wait for the next one
            skip(partition, before.from(), end, "reading goes on at the end");
        } else if (search.isDecodable(partition, before.end())) {
            skip(partition, before.from(), before.end(), "later records can be decoded");
        } else if (search.isDecodable(partition, end - 1)) {
            long next = search.firstDecodable(partition, before.end(), end);
            skip(partition, before.from(), next, "later records can be decoded");
        } else {
            suspend(partition, before.from(), end);
        }
    }

    private Consumer<byte[], byte[]> openProbe() {
        probe = probes.get();
        return probe;
    }

    private void suspend(TopicPartition partition, long from, long end) {
        suspended.put(partition, new Suspension(from, end, System.nanoTime() + retry.toNanos()));
        if (active.remove(partition)) {
            kafka.assign(
                    active); // and not paused: what was fetched of a paused partition can fail the poll of the others
        }
    }

    private void skip(TopicPartition partition, long from, long next, String why) {
        logger.warn("{}: offsets {} to {} cannot be decoded and are skipped: {}", partition, from, next - 1, why);
        skipped.add(partition.partition(), from, next);
        goOn(partition, next, next);
    }

    private void goOn(TopicPartition partition, long next, long completeFrom) {
        suspended.remove(partition);
        if (active.add(partition)) {
            kafka.assign(active);
        }
        kafka.seek(partition, next);
        fanout.restart(partition.partition(), next, completeFrom);
    }

    /** Lets a call of another method fail, from another thread. */
    void wakeup() {
        kafka.wakeup();
        Consumer<byte[], byte[]> searching = probe;
        if (searching != null) {
            searching.wakeup();
        }
    }

    @Override
    public void close() {
        kafka.close();
    }
}
