package io.heartline.reports.run;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.quickstart.backends.Backends;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of a test's own on the shared broker. */
final class LikesOnTopic {

    private static final String BROKER = Backends.shared().bootstrapServers();

    final String topic;
    private final int partitions;
    private LikesLog log;

    private LikesOnTopic(String topic, int partitions) {
        this.topic = topic;
        this.partitions = partitions;
    }

    static LikesOnTopic create(int partitions) throws Exception {
        LikesOnTopic likes = new LikesOnTopic(Backends.unique("likes"), partitions);
        likes.createTopic();
        return likes;
    }

    private void createTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER))) {
            log = LikesLog.create(admin, LikesTopic.newTopic(topic, partitions, (short) 1, 1))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    /** The same name, another log. */
    void recreate() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER))) {
            admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
        }
        createTopic();
    }

    LikesLog log() {
        return log;
    }

    void append(List<? extends LikeEvent> events) throws Exception {
        send(events.stream()
                .map(event -> LikeEventRecord.of(topic, event, "/test"))
                .toList());
    }

    void send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER), new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            records.forEach(record -> sent.add(producer.send(record)));
            for (Future<RecordMetadata> record : sent) {
                record.get(30, TimeUnit.SECONDS);
            }
        }
    }

    KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        BROKER,
                        "group.id",
                        topic,
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "none"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
