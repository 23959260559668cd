package io.heartline.gateway.kafka;

import io.heartline.gateway.stream.fanout.Fanout;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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
 * A consumer of a tail's partitions. If records of a partition cannot be decoded, only that partition's connections are closed. The
 * partition is restarted after those records, or suspended while no later record can be decoded. Used by one thread, except for
 * {@link #wakeup()}.
 */
final class TailConsumer implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(TailConsumer.class);

    private static final ConsumerRecordReader RECORDS = new ConsumerRecordReader();

    private final Consumer<byte[], byte[]> kafka;
    private final Fanout fanout;
    private final UndecodablePartitions undecodable;
    private final List<TopicPartition> partitions;
    /** The next offset of each partition that is read. */
    private final Map<TopicPartition, Long> nextOffset = new HashMap<>();

    private Map<TopicPartition, Long> ends = Map.of();
    private boolean acceptsClients;

    /**
     * Opens a consumer. It reads nothing before {@link #seekBeforeEnds}.
     *
     * @param partitions the partitions that it reads
     * @param consumers creates the consumer that reads the partitions
     * @param probes creates a consumer that searches for undecodable records
     * @param retry the pause between two attempts to read a suspended partition
     */
    TailConsumer(
            List<TopicPartition> partitions,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Consumer<byte[], byte[]>> probes,
            Fanout fanout,
            SkippedOffsets skipped,
            Duration retry) {
        this.fanout = fanout;
        undecodable = new UndecodablePartitions(this, probes, fanout, skipped, retry);
        this.partitions = partitions;
        kafka = consumers.get();
    }

    /**
     * Assigns all partitions and seeks to the last records of each.
     *
     * @param records how many records of each partition to read before {@link #hasReachedEnds()}; not negative
     */
    void seekBeforeEnds(int records) {
        kafka.assign(partitions);
        Map<TopicPartition, Long> begins = kafka.beginningOffsets(partitions);
        // The end offsets are requested last. Until the first poll, Kafka's client uses the last offsets as the ends.
        ends = kafka.endOffsets(partitions);
        begins.forEach((partition, begin) -> {
            long start = Math.max(begin, ends.get(partition) - records);
            kafka.seek(partition, start);
            nextOffset.put(partition, start);
            fanout.replace(partition.partition(), start, 0);
        });
    }

    /**
     * Returns whether every readable partition was read up to the end that it had in {@link #seekBeforeEnds}. A partition that was
     * truncated meanwhile may never have that end again, so its current end counts as well.
     */
    boolean hasReachedEnds() {
        return nextOffset.keySet().stream()
                .allMatch(partition -> kafka.position(partition) >= ends.get(partition)
                        || kafka.currentLag(partition).orElse(Long.MAX_VALUE) == 0);
    }

    /** Accepts the clients of each partition that is read, and from now on those of each partition that is restarted. */
    void acceptClients() {
        acceptsClients = true;
        nextOffset.keySet().forEach(partition -> fanout.resume(partition.partition()));
    }

    /** Returns whether every partition is suspended. {@link #poll} then returns without waiting. */
    boolean isSuspended() {
        return nextOffset.isEmpty();
    }

    /**
     * Reads the next records of the readable partitions into the fanout.
     *
     * @param timeout how long to wait for records
     * @throws OffsetOutOfRangeException if a partition does not contain its next offset; the caller calls {@link #restart}
     * @throws KafkaException if Kafka cannot be read
     */
    void poll(Duration timeout) {
        undecodable.retry();
        if (nextOffset.isEmpty()) {
            return;
        }
        ConsumerRecords<byte[], byte[]> polled;
        try {
            polled = kafka.poll(timeout);
        } catch (RuntimeException | Error e) {
            if (!UndecodableSearch.mayBeUndecodable(e) || !undecodable.skipUndecodable(Map.copyOf(nextOffset), e)) {
                throw e;
            }
            resetFetch();
            return;
        }
        passOn(polled);
    }

    /** Returns the number of records on the topic that were not read, including those of suspended partitions. */
    long lag() {
        return undecodable.lag()
                + nextOffset.keySet().stream()
                        .mapToLong(partition -> kafka.currentLag(partition).orElse(0))
                        .sum();
    }

    /**
     * Continues in partitions whose next offset is out of range, because retention deleted it or a new leader does not have it.
     * A client cannot resume from a position whose record may be lost.
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
                        "{}: offset {} is out of range ({} to {}); closing the partition's connections and continuing at"
                                + " offset {}",
                        partition,
                        position,
                        begin,
                        end - 1,
                        from);
                fanout.suspend(partition.partition());
                resumeAt(partition, from, position < begin ? begin : position + 1);
            } else if (nextOffset.containsKey(partition)) { // in range by now
                kafka.seek(partition, nextOffset(partition)); // a search may have moved the position
            }
        });
    }

    /** Returns the end of the log, or the first offset at which it differs from the records that were read, if that is lower. */
    private static long endOrDivergence(TopicPartition partition, long end, OffsetOutOfRangeException e) {
        OffsetAndMetadata divergence = e instanceof LogTruncationException truncation
                ? truncation.divergentOffsets().get(partition)
                : null;
        return divergence == null ? end : Math.min(end, divergence.offset());
    }

    /** Stores the next offset of each partition, and passes its records on to the fanout. */
    void passOn(ConsumerRecords<byte[], byte[]> polled) {
        polled.nextOffsets().forEach((partition, next) -> {
            nextOffset.put(partition, next.offset());
            fanout.accept(partition.partition(), polled.records(partition), RECORDS, next.offset());
        });
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

    /**
     * Continues a partition at an offset. Its clients are accepted again, unless this consumer accepts no clients yet.
     *
     * @param from the next offset to read
     * @param completeFrom the first offset from which a client can resume without a gap; see {@link Fanout#replace}
     */
    void resumeAt(TopicPartition partition, long from, long completeFrom) {
        undecodable.forget(partition);
        nextOffset.put(partition, from);
        kafka.assign(nextOffset.keySet());
        kafka.seek(partition, from);
        fanout.replace(partition.partition(), from, completeFrom);
        if (acceptsClients) {
            fanout.resume(partition.partition());
        }
    }

    /**
     * Seeks each partition to its next offset and discards fetched records. A poll that throws an error may have moved the
     * positions.
     */
    private void resetFetch() {
        kafka.unsubscribe();
        kafka.assign(nextOffset.keySet());
        nextOffset.forEach(kafka::seek);
    }

    /** Interrupts a call that waits for Kafka: it throws a WakeupException. Any thread may call. */
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
