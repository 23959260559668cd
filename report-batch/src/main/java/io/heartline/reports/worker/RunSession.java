package io.heartline.reports.worker;

import io.heartline.events.LikesLog;
import io.heartline.reports.erasure.EndOffsets;
import io.heartline.reports.kafka.DeadLetterMetrics;
import io.heartline.reports.kafka.DeadLetters;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.progress.ProgressStore;
import java.time.InstantSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;

/** The Kafka clients of one run, or of one check whether a run is needed. Confined to one thread. */
final class RunSession implements AutoCloseable {

    private final KafkaClients clients;
    private final Admin admin;
    private final DeadLetters deadLetters;
    private final Consumer<byte[], byte[]> consumer;

    private RunSession(KafkaClients clients, Admin admin, DeadLetters deadLetters, Consumer<byte[], byte[]> consumer) {
        this.clients = clients;
        this.admin = admin;
        this.deadLetters = deadLetters;
        this.consumer = consumer;
    }

    /** Creates the clients. The producer of dead letters is created at the first dead letter. */
    static RunSession open(KafkaClients clients, DeadLetterMetrics metrics) {
        Admin admin = clients.admin();
        try {
            return new RunSession(clients, admin, clients.deadLetters(admin, metrics), clients.consumer());
        } catch (RuntimeException | Error e) {
            KafkaClients.closeImmediately(admin);
            throw e;
        }
    }

    /** Asks Kafka which log the topic is. */
    LikesLog describeLog() {
        return clients.describeLog(admin);
    }

    /** @param log as {@link #describeLog} returned it */
    LogSnapshot takeSnapshot(LikesLog log, ProgressStore progress, InstantSource clock) {
        return LogSnapshot.take(admin, consumer, log, progress, clock);
    }

    EndOffsets endOffsets() {
        return new EndOffsets(admin, this::describeLog);
    }

    Consumer<byte[], byte[]> consumer() {
        return consumer;
    }

    DeadLetters deadLetters() {
        return deadLetters;
    }

    /** Does not wait for Kafka, which may be down. */
    @Override
    public void close() {
        try (consumer;
                deadLetters) {
            // only closes them, the last one first
        } finally {
            KafkaClients.closeImmediately(admin);
        }
    }
}
