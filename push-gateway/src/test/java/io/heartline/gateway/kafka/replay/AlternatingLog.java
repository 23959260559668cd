package io.heartline.gateway.kafka.replay;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** A partition whose records are of alice at even offsets and of bob at odd ones. Its end offset is 10. */
final class AlternatingLog {

    static final TopicPartition PARTITION = new TopicPartition("likes", 3);

    /** The number of pages that were read. */
    final AtomicInteger pages = new AtomicInteger();

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
        };
        kafka.updateBeginningOffsets(Map.of(PARTITION, 0L));
        kafka.updateEndOffsets(Map.of(PARTITION, 10L));
        return kafka;
    }
}
