package io.heartline.gateway.kafka;

import io.heartline.events.LikesLog;
import io.heartline.gateway.stream.fanout.Fanout;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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
final class TailConsumer implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(TailConsumer.class);

    private final Consumer<byte[], byte[]> kafka;
    private final Fanout fanout;
    private final UndecodablePartitions undecodable;
    private final List<TopicPartition> partitions;
    /** By partition that is read: the next offset. */
    private final Map<TopicPartition, Long> nextOffset = new HashMap<>();

    private Map<TopicPartition, Long> ends = Map.of();

    /**
     * @param probes consumers to search for undecodable records with
     * @param retry how often to try to read a partition that is suspended
     */
    TailConsumer(
            LikesLog log,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Consumer<byte[], byte[]>> probes,
            Fanout fanout,
            SkippedOffsets skipped,
            Duration retry) {
        this.fanout = fanout;
        undecodable = new UndecodablePartitions(this, probes, fanout, skipped, retry);
        partitions = IntStream.range(0, log.partitions())
                .mapToObj(number -> new TopicPartition(log.topic(), number))
                .toList();
        kafka = consumers.get();
    }

    /**
     * Goes to the last records of each partition.
     *
     * @param records of each partition to read before {@link #hasReachedEnds()}
     * @return the offsets at which reading begins, by partition
     */
    Map<Integer, Long> seekBeforeEnds(int records) {
        kafka.assign(partitions);
        Map<TopicPartition, Long> begins = kafka.beginningOffsets(partitions);
        // asked for last: until the first poll, Kafka's client takes the offset it was given last for the partition's
        // end
        ends = kafka.endOffsets(partitions);
        Map<Integer, Long> from = new HashMap<>();
        begins.forEach((partition, begin) -> {
            long start = Math.max(begin, ends.get(partition) - records);
            kafka.seek(partition, start);
            nextOffset.put(partition, start);
            from.put(partition.partition(), start);
        });
        return from;
    }

    /**
     * Returns whether every partition that can be read was read up to the end that it had at first. If the log was truncated
     * since, the partition never has that end again, so its current end counts as well.
     */
    boolean hasReachedEnds() {
        return nextOffset.keySet().stream()
                .allMatch(partition -> kafka.position(partition) >= ends.get(partition)
                        || kafka.currentLag(partition).orElse(Long.MAX_VALUE) == 0);
    }

    /** Returns whether no partition can be read at the moment, so that {@link #poll} would not wait. */
    boolean isSuspended() {
        return nextOffset.isEmpty();
    }

    /**
     * Returns the next records of the partitions that can be read.
     *
     * @throws OffsetOutOfRangeException if a partition does not contain the offset that is to be read next; see {@link
     *     #restart(OffsetOutOfRangeException)}
     * @throws KafkaException if Kafka cannot be read
     */
    ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        undecodable.retry();
        if (nextOffset.isEmpty()) {
            return ConsumerRecords.empty();
        }
        try {
            return trackOffsets(kafka.poll(timeout));
        } catch (RuntimeException | Error e) {
            if (!UndecodableSearch.mayBeUndecodable(e) || !undecodable.skipUndecodable(Map.copyOf(nextOffset), e)) {
                throw e;
            }
            resetFetch();
            return ConsumerRecords.empty();
        }
    }

    /** Returns how many records are on the topic that were not read. */
    long lag() {
        return undecodable.lag()
                + nextOffset.keySet().stream()
                        .mapToLong(partition -> kafka.currentLag(partition).orElse(0))
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
            long end = endOrDivergence(partition, now.get(partition), e);
            if (position < begin || position > end) {
                long from = position < begin ? begin : end;
                logger.warn(
                        "{}: offset {} is out of range, the log has {} to {}; its readers are sent away, and reading goes on"
                                + " at {}",
                        partition,
                        position,
                        begin,
                        end - 1,
                        from);
                fanout.suspend(partition.partition());
                resumeAt(partition, from, position < begin ? begin : position + 1);
            } else if (nextOffset.containsKey(partition)) { // in range by now
                kafka.seek(partition, nextOffset(partition)); // the position may be of a search
            }
        });
    }

    /** Returns where the log ends, or where it differs from the one that was read so far. */
    private static long endOrDivergence(TopicPartition partition, long end, OffsetOutOfRangeException e) {
        OffsetAndMetadata divergence = e instanceof LogTruncationException truncation
                ? truncation.divergentOffsets().get(partition)
                : null;
        return divergence == null ? end : Math.min(end, divergence.offset());
    }

    /** Notes how far records were read that are about to be passed on. */
    ConsumerRecords<byte[], byte[]> trackOffsets(ConsumerRecords<byte[], byte[]> records) {
        records.nextOffsets().forEach((partition, offset) -> nextOffset.put(partition, offset.offset()));
        return records;
    }

    /** Returns the next offset of a partition that is read. */
    long nextOffset(TopicPartition partition) {
        return nextOffset.get(partition);
    }

    /** Stops reading a partition. It is unassigned, because data fetched for a paused partition can still fail the poll. */
    void unassign(TopicPartition partition) {
        nextOffset.remove(partition);
        kafka.assign(nextOffset.keySet());
    }

    /** Reads a partition from an offset on, and lets readers in. See {@link Fanout#restart}. */
    void resumeAt(TopicPartition partition, long from, long completeFrom) {
        undecodable.forget(partition);
        nextOffset.put(partition, from);
        kafka.assign(nextOffset.keySet());
        kafka.seek(partition, from);
        fanout.restart(partition.partition(), from, completeFrom);
    }

    /**
     * Seeks to the offsets after the records that were processed last. A poll that throws an error may have moved the
     * positions.
     */
    private void resetFetch() {
        kafka.unsubscribe();
        kafka.assign(nextOffset.keySet());
        nextOffset.forEach(kafka::seek);
    }

    /** Lets a call of another method fail, from another thread. */
    void wakeup() {
        kafka.wakeup();
        undecodable.wakeup();
    }

    @Override
    public void close() {
        undecodable.close();
        kafka.close();
    }
}
