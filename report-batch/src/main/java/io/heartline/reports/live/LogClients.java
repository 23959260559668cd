package io.heartline.reports.live;

import io.heartline.events.LikesLog;
import io.heartline.reports.erasure.EndOffsets;
import io.heartline.reports.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The clients of Kafka with which states are loaded. They stay open while reports are watched.
 *
 * @param clients asks which log the topic is
 * @param admin asks for topics and offsets
 * @param consumer reads committed records; for one thread
 */
record LogClients(KafkaClients clients, Admin admin, Consumer<byte[], byte[]> consumer) implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    static LogClients open(KafkaClients clients) {
        return new LogClients(clients, clients.admin(), clients.consumer());
    }

    LikesLog describe() {
        return clients.describeLog(admin);
    }

    EndOffsets endOffsets() {
        return new EndOffsets(admin, this::describe);
    }

    /** Returns the first offset of a partition that the log still has. */
    long firstOffset(int partition) {
        TopicPartition topicPartition = new TopicPartition(describe().topic(), partition);
        consumer.assign(List.of(topicPartition)); // otherwise the consumer logs a warning
        return consumer.beginningOffsets(List.of(topicPartition), TIMEOUT).get(topicPartition);
    }

    @Override
    public void close() {
        KafkaClients.closeImmediately(admin);
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
