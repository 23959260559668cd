package io.heartline.gateway;

import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
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
 * A search for the offsets of a partition whose batches cannot be decoded: their checksum is wrong, or their codec cannot be
 * loaded. Kafka's consumer does not name them, so each offset in question is read. Used by one thread.
 */
final class DamageSearch {

    private static final Duration POLL = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> kafka;
    private final Duration timeout;

    /**
     * @param kafka a consumer that nothing else uses meanwhile
     * @param timeout for each offset that is read
     */
    DamageSearch(Consumer<byte[], byte[]> kafka, Duration timeout) {
        this.kafka = kafka;
        this.timeout = timeout;
    }

    /** Returns what a consumer of its own needs beside the usual, so that each fetch contains one batch. */
    static Properties consumerSettings() {
        Properties settings = new Properties();
        settings.setProperty(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "0");
        settings.setProperty(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "1");
        return settings;
    }

    /** Returns whether fetched records may be what the exception is about, rather than Kafka or the way there. */
    static boolean isPossible(KafkaException e) {
        return e instanceof CorruptRecordException
                || e instanceof InvalidRecordException
                || !(e instanceof ApiException
                        || e instanceof InvalidOffsetException
                        || e instanceof WakeupException
                        || e instanceof InterruptException
                        || e instanceof ConfigException);
    }

    /**
     * Reads the batch that contains an offset.
     *
     * @param offset before the partition's end
     * @throws TimeoutException if Kafka does not deliver it in time
     */
    boolean isDecodable(TopicPartition partition, long offset) {
        kafka.unsubscribe(); // or what was fetched before would be the answer
        kafka.assign(Set.of(partition));
        kafka.seek(partition, offset);
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            while (kafka.position(partition) == offset) { // an aborted batch has no records, and is passed all the same
                if (System.nanoTime() - deadline > 0) {
                    throw new TimeoutException("Kafka did not deliver offset " + offset + " of " + partition);
                }
                kafka.poll(POLL);
            }
            return true;
        } catch (KafkaException e) {
            if (isPossible(e)) {
                return false;
            }
            throw e;
        } finally {
            kafka.unsubscribe();
        }
    }

    /**
     * Finds the first offset after undecodable ones, by steps that double and then by halves: some 20 reads for a batch of
     * 1000 records. If decodable batches stand between undecodable ones, it may find the start of a later one.
     *
     * @param from an offset that cannot be decoded
     * @param end of the partition, exclusive
     * @return {@code end} if no later offset can be decoded
     */
    long firstDecodable(TopicPartition partition, long from, long end) {
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
