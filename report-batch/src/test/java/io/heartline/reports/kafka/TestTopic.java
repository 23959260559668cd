package io.heartline.reports.kafka;

import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.events.Position;
import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic that belongs to one test, by default on the shared broker. */
public final class TestTopic {

    /** The name of the topic. */
    public final String topic;
    /** The addresses of the broker that has the topic. */
    public final String broker;

    private int partitions;
    private LikesLog log;
    /** False after a change of the partitions, which the shared producer may not know yet. */
    private boolean hasSharedProducer;

    /** The producer of the topics on the shared broker. To create a producer costs more than to send a test's records. */
    private static final class SharedProducer {
        static final KafkaProducer<byte[], byte[]> PRODUCER = producer(Backends.bootstrapServers());
    }

    private static KafkaProducer<byte[], byte[]> producer(String broker) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private TestTopic(String broker, String topic, int partitions) {
        this.broker = broker;
        this.topic = topic;
        this.partitions = partitions;
    }

    /**
     * Creates a topic with a unique name on the shared broker.
     *
     * @param partitions the number of partitions
     * @return the topic
     * @throws Exception if Kafka does not answer in time
     */
    public static TestTopic create(int partitions) throws Exception {
        TestTopic likes = create(Backends.bootstrapServers(), partitions);
        likes.hasSharedProducer = true;
        return likes;
    }

    /**
     * Creates a topic with a unique name.
     *
     * @param broker the addresses of the broker
     * @param partitions the number of partitions
     * @return the topic
     * @throws Exception if Kafka does not answer in time
     */
    public static TestTopic create(String broker, int partitions) throws Exception {
        TestTopic likes = new TestTopic(broker, Backends.unique("likes"), partitions);
        likes.createTopic();
        return likes;
    }

    /**
     * Creates a topic whose partitions each have a single replica.
     *
     * @param brokers the addresses of the brokers
     * @param nodes the broker id of each partition
     * @return the topic
     * @throws Exception if Kafka does not answer in time
     */
    public static TestTopic createOn(String brokers, List<Integer> nodes) throws Exception {
        TestTopic likes = new TestTopic(brokers, Backends.unique("likes"), nodes.size());
        Map<Integer, List<Integer>> replicas = new HashMap<>();
        nodes.forEach(node -> replicas.put(replicas.size(), List.of(node)));
        likes.createTopic(new NewTopic(likes.topic, replicas));
        return likes;
    }

    private void createTopic() throws Exception {
        createTopic(LikesTopic.newTopic(topic, partitions, (short) 1, 1));
    }

    private void createTopic(NewTopic newTopic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            log = LikesLog.create(admin, newTopic).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    /**
     * Deletes the topic and creates it with the same name, so that it is another log.
     *
     * @param newPartitions the number of partitions of the new log
     * @throws Exception if Kafka does not answer in time
     */
    public void recreate(int newPartitions) throws Exception {
        partitions = newPartitions;
        delete();
        createTopic();
    }

    /**
     * Deletes the topic.
     *
     * @throws Exception if Kafka does not answer in time
     */
    public void delete() throws Exception {
        hasSharedProducer = false;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
        }
    }

    /**
     * Adds partitions to the topic, as an operator can do.
     *
     * @param count the total number of partitions after the change
     * @throws Exception if Kafka does not answer in time
     */
    public void increasePartitions(int count) throws Exception {
        hasSharedProducer = false;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(count)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            await().until(() -> clients(1).describeLog(admin).partitions() == count);
        }
        partitions = count;
    }

    /**
     * Returns the log of the topic.
     *
     * @return the log that was created last
     */
    public LikesLog log() {
        return log;
    }

    /**
     * Appends events, and waits for their acknowledgements.
     *
     * @param events the events, in order
     * @throws Exception if Kafka does not answer in time
     */
    public void append(List<? extends LikeEvent> events) throws Exception {
        send(events.stream()
                .map(event -> LikeEventRecord.of(topic, event, "/test"))
                .toList());
    }

    /**
     * Appends an event, and waits for its acknowledgement.
     *
     * @param event the event
     * @return the position of the event
     * @throws Exception if Kafka does not answer in time
     */
    public Position append(LikeEvent event) throws Exception {
        RecordMetadata record =
                send(List.of(LikeEventRecord.of(topic, event, "/test"))).get(0);
        return new Position(log.epoch(), record.partition(), record.offset());
    }

    /**
     * Appends records, and waits for their acknowledgements.
     *
     * @param records the records, in order; each one names its topic
     * @return where the records stand
     * @throws Exception if Kafka does not answer in time
     */
    public List<RecordMetadata> send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        if (hasSharedProducer) {
            return send(SharedProducer.PRODUCER, records);
        }
        try (KafkaProducer<byte[], byte[]> own = producer(broker)) {
            return send(own, records);
        }
    }

    private static List<RecordMetadata> send(
            KafkaProducer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        records.forEach(record -> sent.add(producer.send(record)));
        producer.flush();
        List<RecordMetadata> appended = new ArrayList<>();
        for (Future<RecordMetadata> record : sent) {
            appended.add(record.get(30, TimeUnit.SECONDS));
        }
        return appended;
    }

    /**
     * Deletes records, as retention does.
     *
     * @param partition number of the partition
     * @param offset the first offset that stays
     * @throws Exception if Kafka does not answer in time
     */
    public void deleteBefore(int partition, long offset) throws Exception {
        deleteBefore(new TopicPartition(topic, partition), offset);
    }

    /** Deletes all dead letters up to the current end of their topic. */
    void deleteDeadLetters() throws Exception {
        deleteBefore(new TopicPartition(deadLetterTopic(), 0), -1);
    }

    private void deleteBefore(TopicPartition partition, long offset) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    /** Creates a dead-letter topic that rejects records of more than {@code maxBytes}. */
    void createDeadLetterTopic(int maxBytes) throws Exception {
        NewTopic topic = new NewTopic(deadLetterTopic(), 1, (short) 1)
                .configs(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxBytes)));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            LikesLog.create(admin, topic).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    /**
     * Returns the name of the dead-letter topic.
     *
     * @return a name that no topic needs to have yet
     */
    public String deadLetterTopic() {
        return topic + ".dead";
    }

    /**
     * Returns clients with default settings.
     *
     * @param chunkSize max records in a poll
     * @return clients of this topic
     */
    public KafkaClients clients(int chunkSize) {
        return clients(chunkSize, Map.of());
    }

    /**
     * Returns clients with changed settings.
     *
     * @param chunkSize max records in a poll
     * @param overrides settings of Kafka's clients, by key
     * @return clients of this topic
     */
    public KafkaClients clients(int chunkSize, Map<String, String> overrides) {
        Map<String, String> settings = new HashMap<>(overrides);
        settings.put("bootstrap.servers", broker);
        return new KafkaClients(KafkaClientSettings.of(settings), topic, deadLetterTopic(), chunkSize);
    }

    /**
     * Returns clients whose broker does not exist.
     *
     * @param settings settings of Kafka's clients, by key
     * @return clients that cannot connect
     */
    public static KafkaClients unreachableClients(Map<String, String> settings) {
        return new TestTopic("127.0.0.1:1", "likes", 1).clients(1, settings);
    }

    /** Returns all records of a topic with one partition. */
    List<ConsumerRecord<byte[], byte[]>> recordsOf(String name) {
        TopicPartition only = new TopicPartition(name, 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = clients(1000).consumer()) {
            consumer.assign(List.of(only));
            consumer.seekToBeginning(List.of(only));
            long end = consumer.endOffsets(List.of(only)).get(only);
            while (consumer.position(only) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}
