package io.heartline.gateway.kafka;

import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * A search for offsets whose batches cannot be decoded, because the checksum is wrong or the codec cannot be loaded. Kafka's
 * consumer does not report those offsets, so the search reads each possible one. Used by one thread.
 */
public final class UndecodableSearch {

    private static final Duration POLL = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> kafka;
    private final Duration timeout;

    /**
     * Creates a search.
     *
     * @param kafka a consumer that has no other user during a call
     * @param timeout the longest time to wait for each offset
     */
    public UndecodableSearch(Consumer<byte[], byte[]> kafka, Duration timeout) {
        this.kafka = kafka;
        this.timeout = timeout;
    }

    /**
     * Returns the settings of a search's consumer that differ from the application's. It polls one record at a time, because an
     * error discards all records of a poll.
     *
     * @return properties of a Kafka consumer
     */
    public static Properties consumerSettings() {
        Properties settings = new Properties();
        settings.setProperty(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "0");
        settings.setProperty(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(64 * 1024));
        settings.setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
        return settings;
    }

    /**
     * Returns whether undecodable records may have caused an exception, rather than the broker, the network or this process.
     * Kafka's client wraps most exceptions of its codecs in a {@link KafkaException}, but not the error of a codec that cannot be
     * loaded.
     *
     * @param e the exception of a poll
     * @return true if a search is worthwhile
     */
    public static boolean mayBeUndecodable(Throwable e) {
        return e instanceof CorruptRecordException
                || e instanceof InvalidRecordException
                || !(e instanceof ApiException
                        || e instanceof InvalidOffsetException
                        || e instanceof WakeupException
                        || e instanceof InterruptException
                        || e instanceof ConfigException
                        || e instanceof VirtualMachineError);
    }

    /**
     * Reads the batch that contains an offset.
     *
     * @param partition the partition to search
     * @param offset an offset before the partition's end
     * @return whether the batch could be decoded
     * @throws TimeoutException if Kafka does not deliver the batch in time
     */
    public boolean isDecodable(TopicPartition partition, long offset) {
        return read(partition, offset, offset + 1, records -> {});
    }

    /**
     * Reads records one by one.
     *
     * @param from the first offset, inclusive
     * @param end the last offset, exclusive, at most the partition's end
     * @param sink receives the records before the first one that cannot be decoded
     * @return whether every record could be decoded
     * @throws TimeoutException if Kafka does not deliver a record in time
     */
    boolean read(
            TopicPartition partition,
            long from,
            long end,
            java.util.function.Consumer<ConsumerRecords<byte[], byte[]>> sink) {
        kafka.unsubscribe(); // discards records that were fetched before the seek
        kafka.assign(Set.of(partition));
        kafka.seek(partition, from);
        try {
            for (long position = from; position < end; position = kafka.position(partition)) {
                ConsumerRecords<byte[], byte[]> records;
                try {
                    records = next(partition, position);
                } catch (RuntimeException | Error e) {
                    if (mayBeUndecodable(e)) {
                        return false;
                    }
                    throw e;
                }
                sink.accept(records);
            }
            return true;
        } finally {
            kafka.unsubscribe();
        }
    }

    /** Returns the record at a position, or none if the position moved past an aborted batch. */
    private ConsumerRecords<byte[], byte[]> next(TopicPartition partition, long position) {
        long deadline = System.nanoTime() + timeout.toNanos();
        ConsumerRecords<byte[], byte[]> records = kafka.poll(POLL);
        while (kafka.position(partition) == position) {
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("Kafka did not deliver offset " + position + " of " + partition);
            }
            records = kafka.poll(POLL);
        }
        return records;
    }

    /**
     * Finds the first decodable offset after an undecodable one. It doubles its steps and then halves them: some 20 reads for a
     * batch of 1000 records. If decodable and undecodable batches alternate, it may find the start of a later decodable batch.
     *
     * @param partition the partition to search
     * @param from an offset that cannot be decoded
     * @param end the partition's end, exclusive
     * @return the offset; {@code end} if no later offset can be decoded
     * @throws TimeoutException if Kafka does not deliver a batch in time
     */
    public long firstDecodable(TopicPartition partition, long from, long end) {
        long low = from;
        long high = Math.min(from + 1, end);
        while (high < end && !isDecodable(partition, high)) {
            long step = 2 * (high - from);
            low = high;
            high = Math.min(from + step, end);
        }
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            if (isDecodable(partition, middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }
}
