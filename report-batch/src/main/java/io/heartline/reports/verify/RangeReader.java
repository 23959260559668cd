package io.heartline.reports.verify;

import io.heartline.reports.failure.StalledException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** Reads a range of one partition from beginning to end. */
final class RangeReader {

    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final Duration stallTimeout;

    /** Receives each record. */
    @FunctionalInterface
    interface Visitor {
        /** @return whether to continue */
        boolean visit(ConsumerRecord<byte[], byte[]> record);
    }

    /** @param stallTimeout how long Kafka may deliver no records */
    RangeReader(Consumer<byte[], byte[]> consumer, Duration stallTimeout) {
        this.consumer = consumer;
        this.stallTimeout = stallTimeout;
    }

    /**
     * @param end the first offset that is not read
     * @throws StalledException if Kafka delivers no records for the timeout
     */
    void read(TopicPartition partition, long from, long end, Visitor visitor) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        long deadline = System.nanoTime() + stallTimeout.toNanos();
        for (long position = from; position < end; ) {
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL_TIMEOUT);
            for (ConsumerRecord<byte[], byte[]> record : polled) {
                if (record.offset() < end && !visitor.visit(record)) {
                    return;
                }
            }
            if (consumer.position(partition) > position) {
                position = consumer.position(partition);
                deadline = System.nanoTime() + stallTimeout.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw StalledException.afterTimeout(stallTimeout);
            }
        }
    }
}
