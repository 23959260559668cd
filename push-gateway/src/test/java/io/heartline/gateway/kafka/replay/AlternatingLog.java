package io.heartline.gateway.kafka.replay;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition whose records are of alice at even offsets and of bob at odd ones. Its end offset is 10. The record at offset n was logged
 * n seconds after 1970.
 */
final class AlternatingLog {

    static final TopicPartition PARTITION = new TopicPartition("likes", 3);

    /** The number of pages that were read. */
    final AtomicInteger pages = new AtomicInteger();

    /** The number of lookups of times. */
    final AtomicInteger lookups = new AtomicInteger();

    /** The first offset that the log still has. */
    long begin;

    /** Returns a consumer that finds records with empty values. */
    MockConsumer<byte[], byte[]> consumer(int records) {
        return consumer(records, 0);
    }

    /**
     * Returns a consumer. After each seek it finds the records from that offset on.
     *
     * @param records the number of records from offset 0 on
     * @param valueBytes the size of each record's value
     */
    MockConsumer<byte[], byte[]> consumer(int records, int valueBytes) {
        MockConsumer<byte[], byte[]> kafka = new MockConsumer<>(AutoOffsetResetStrategy.NONE.name()) {
            @Override
            public void seek(TopicPartition partition, long offset) {
                super.seek(partition, offset);
                pages.incrementAndGet();
                for (long i = offset; i < records; i++) {
                    byte[] author = (i % 2 == 0 ? "alice" : "bob").getBytes(StandardCharsets.UTF_8);
                    addRecord(new ConsumerRecord<>("likes", 3, i, author, new byte[valueBytes]));
                }
            }

            @Override
            public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                    Map<TopicPartition, Long> times, Duration timeout) {
                lookups.incrementAndGet();
                long offset = Math.max(begin, (times.get(PARTITION) + 999) / 1_000);
                Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>(); // null is possible
                found.put(PARTITION, offset < records ? new OffsetAndTimestamp(offset, offset * 1_000) : null);
                return found;
            }
        };
        kafka.updateBeginningOffsets(Map.of(PARTITION, begin));
        kafka.updateEndOffsets(Map.of(PARTITION, 10L));
        return kafka;
    }
}
