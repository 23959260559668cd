package io.heartline.gateway;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.events.Position;
import io.heartline.quickstart.backends.Backends;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic that one test class uses. */
public final class TestTopic implements AutoCloseable {

    /** The addresses of the shared broker. */
    public static final String BROKER = Backends.bootstrapServers();

    /** The topic and its epoch. */
    public final LikesLog log;
    /** The addresses of the broker that has the topic. */
    public final String bootstrapServers;

    private final KafkaProducer<byte[], byte[]> producer;

    /**
     * Creates a topic on the shared broker.
     *
     * @param topic the name of the topic
     * @throws Exception if Kafka does not answer in time
     */
    public TestTopic(String topic) throws Exception {
        this(topic, BROKER);
    }

    /**
     * Creates a topic with a unique name on the shared broker.
     *
     * @return the topic
     */
    public static TestTopic unique() {
        try {
            return new TestTopic(Backends.unique("likes"));
        } catch (Exception e) { // the test needs the topic
            throw new IllegalStateException("no topic", e);
        }
    }

    /**
     * Creates a topic on a broker of the test's own.
     *
     * @param topic the name of the topic
     * @param bootstrapServers the addresses of the broker
     * @throws Exception if Kafka does not answer in time
     */
    public TestTopic(String topic, String bootstrapServers) throws Exception {
        this(bootstrapServers, LikesTopic.newTopic(topic, 4, (short) 1, 1));
    }

    private TestTopic(String bootstrapServers, NewTopic topic) throws Exception {
        this.bootstrapServers = bootstrapServers;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            log = LikesLog.create(admin, topic).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    /**
     * Creates a topic whose partitions have one replica each.
     *
     * @param topic the name of the topic
     * @param bootstrapServers the addresses of a broker
     * @param nodes the node of each partition, in order of the partitions' numbers
     * @return the topic
     * @throws Exception if Kafka does not answer in time
     */
    public static TestTopic createOn(String topic, String bootstrapServers, List<Integer> nodes) throws Exception {
        Map<Integer, List<Integer>> replicas = new HashMap<>();
        nodes.forEach(node -> replicas.put(replicas.size(), List.of(node)));
        return new TestTopic(bootstrapServers, new NewTopic(topic, replicas));
    }

    /**
     * Returns the JSON of a like.
     *
     * @param id the id of the event
     * @param author the author of the post
     * @return the value of a record
     */
    public static String like(String id, String author) {
        Liked event = new Liked(id, "p-1", author, "bob", Instant.parse("2026-11-24T10:00:00Z"));
        return new String(LikeEventJson.encode(event), StandardCharsets.UTF_8);
    }

    /**
     * Appends a record, and waits for the acknowledgement.
     *
     * @param key the key
     * @param value the value
     * @return the record's partition and offset
     * @throws Exception if Kafka does not answer in time
     */
    public RecordMetadata send(String key, String value) throws Exception {
        return producer.send(new ProducerRecord<>(
                        log.topic(), key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)))
                .get(30, TimeUnit.SECONDS);
    }

    /**
     * Appends likes of an author, and waits for each acknowledgement.
     *
     * @param author the author
     * @param ids the prefix of the events' ids
     * @param count the number of likes; at least 1
     * @return the position of the last like
     * @throws Exception if Kafka does not answer in time
     */
    public Position sendLikes(String author, String ids, int count) throws Exception {
        Position last = null;
        for (int i = 0; i < count; i++) {
            RecordMetadata sent = send(author, like(ids + "-" + i, author));
            last = new Position(log.epoch(), sent.partition(), sent.offset());
        }
        return last;
    }

    /**
     * Appends a like in a transaction that is aborted.
     *
     * @param key the key
     * @param value the value
     * @throws Exception if Kafka does not answer in time
     */
    public void abort(String key, String value) throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", Backends.unique("aborting"));
        try (KafkaProducer<byte[], byte[]> aborting =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            aborting.initTransactions();
            aborting.beginTransaction();
            aborting.send(new ProducerRecord<>(
                            log.topic(), key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)))
                    .get(30, TimeUnit.SECONDS);
            aborting.abortTransaction();
        }
    }

    /**
     * Sends likes as fast as Kafka takes them. After an error, likes are missing.
     *
     * @param author the author
     * @param count the number of likes
     */
    public void sendManyLikes(String author, int count) {
        byte[] key = author.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < count; i++) {
            byte[] value = like("e-" + i, author).getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(log.topic(), key, value));
        }
        producer.flush();
    }

    /**
     * Sends a like without waiting for Kafka. After an error, the like is missing.
     *
     * @param key the key
     * @param value the value
     */
    public void sendAsync(String key, String value) {
        producer.send(new ProducerRecord<>(
                log.topic(), key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
    }

    /** Waits until Kafka has acknowledged each record. */
    public void flush() {
        producer.flush();
    }

    /**
     * Deletes the records before an offset, as retention does.
     *
     * @param partition number of the partition
     * @param offset the first offset that stays
     * @throws Exception if Kafka does not answer in time
     */
    public void deleteBefore(int partition, long offset) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.deleteRecords(
                            Map.of(new TopicPartition(log.topic(), partition), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    /**
     * Returns a new author of a partition.
     *
     * @param partition number of the partition
     * @return a unique id
     */
    public String author(int partition) {
        while (true) {
            String author = Backends.unique("author");
            if (log.partitionOf(author) == partition) {
                return author;
            }
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
