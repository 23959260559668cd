package io.heartline.reports.live;

import io.heartline.events.LikesLog;
import io.heartline.reports.erasure.EndOffsets;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.kafka.PartitionBounds;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * The clients of Kafka with which states are loaded. They stay open while reports are watched.
 *
 * @param clients asks which log the topic is
 * @param admin asks for topics and offsets
 * @param consumer reads committed records; for one thread
 */
record LogClients(KafkaClients clients, Admin admin, Consumer<byte[], byte[]> consumer) implements AutoCloseable {

    static LogClients open(KafkaClients clients) {
        return new LogClients(clients, clients.admin(), clients.consumer());
    }

    LikesLog describe() {
        return clients.describeLog(admin);
    }

    EndOffsets endOffsets() {
        return new EndOffsets(admin, this::describe);
    }

    /** Returns the bounds of the partitions whose leaders answer, by partition. */
    Map<Integer, PartitionBounds> bounds(LikesLog log) {
        return PartitionBounds.fetch(admin, consumer, log);
    }

    @Override
    public void close() {
        KafkaClients.closeImmediately(admin);
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
