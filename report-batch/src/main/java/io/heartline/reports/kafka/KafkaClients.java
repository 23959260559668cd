package io.heartline.reports.kafka;

import io.heartline.events.LikesLog;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Creates Kafka clients for one run. They are closed with it, because most of the time there is no run. */
public class KafkaClients {

    /** The consumer group to which offsets are committed, for tools that show lag. */
    static final String GROUP_ID = "report-batch";

    private static final int MAX_POLL_RECORDS = 5_000;
    private static final int FETCH_MAX_WAIT_MILLIS = 20;

    /** A partition that is assigned while a fetch waits is fetched after it, so this is also the delay of a new partition. */
    private static final int TAIL_FETCH_MAX_WAIT_MILLIS = 100;

    private static final int REQUEST_TIMEOUT_MILLIS = 10_000;
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    /** Longer than the timeout of the producer, which is two minutes unless an operator sets another one. */
    private static final Duration DEAD_LETTER_TIMEOUT = Duration.ofMinutes(10);

    private final KafkaClientSettings settings;
    private final String topic;
    private final String deadLetterTopic;
    private final int maxPollRecords;

    /**
     * Creates a factory of clients, which any number of threads may use. It connects to no broker itself.
     *
     * @param settings of the clients; this class overrides the settings on which a run depends
     * @param topic the topic of likes
     * @param deadLetterTopic the topic of dead letters, which is created at the first dead letter
     * @param maxPollRecords the maximum number of records of one poll; the limit of these clients counts if it is lower
     */
    public KafkaClients(KafkaClientSettings settings, String topic, String deadLetterTopic, int maxPollRecords) {
        this.settings = settings;
        this.topic = topic;
        this.deadLetterTopic = deadLetterTopic;
        this.maxPollRecords = Math.min(MAX_POLL_RECORDS, maxPollRecords);
    }

    /**
     * Creates an admin client.
     *
     * @return a new client, which the caller closes
     */
    public Admin admin() {
        return Admin.create(adminSettings());
    }

    Map<String, Object> adminSettings() {
        Map<String, Object> kafka = settings.admin();
        // An admin client checks the timeout of a request only after the timeout of the whole call. If an operator has
        // set a timeout for requests, the client could reject a shorter one for calls.
        if (!kafka.containsKey(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG)) {
            kafka.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
        }
        setRequestTimeout(kafka);
        // by default, this client logs a thousand lines a second while Kafka is down
        kafka.put(AdminClientConfig.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        return kafka;
    }

    /**
     * A connection that has vanished without a FIN or RST is given up after this timeout. Kafka's default of 30 s would use up most
     * of the time that a run waits.
     */
    private static void setRequestTimeout(Map<String, Object> kafka) {
        kafka.putIfAbsent(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    }

    /**
     * Asks Kafka which log the topic is. A topic that was created anew is another log. Repeats the request once after a
     * timeout or a disconnect.
     *
     * @param admin the client that asks; it stays open
     * @return the log
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer, or the topic does not exist
     */
    public LikesLog describeLog(Admin admin) {
        return describeLog(admin, topic);
    }

    /**
     * Asks Kafka which log a topic is, like {@link #describeLog(Admin)}.
     *
     * @param admin the client that asks; it stays open
     * @param topic the topic's name
     * @return the log
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer, or the topic does not exist
     */
    public static LikesLog describeLog(Admin admin, String topic) {
        try {
            return await(LikesLog.describe(admin, topic));
        } catch (TimeoutException | DisconnectException e) {
            // the connection may have vanished, and the next call opens a new one
            return await(LikesLog.describe(admin, topic));
        }
    }

    /**
     * Asks Kafka for all topics that it permits the client to describe.
     *
     * @param admin the client that asks; it stays open
     * @return the id of each topic, by name
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    public static Map<String, Uuid> topicIds(Admin admin) {
        return await(admin.listTopics().listings().toCompletionStage()).stream()
                .collect(Collectors.toMap(TopicListing::name, TopicListing::topicId));
    }

    private static <T> T await(CompletionStage<T> response) {
        try {
            return response.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /**
     * Creates a consumer, which reads committed records only and has no partitions assigned.
     *
     * @return a new consumer for one thread, which the caller closes
     */
    public Consumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(consumerSettings(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Creates a consumer like {@link #consumer()} that follows the end of the log. It does not ask a broker for records fifty times a
     * second while there are none.
     *
     * @return a new consumer for one thread, which the caller closes
     */
    public Consumer<byte[], byte[]> tailConsumer() {
        Map<String, Object> kafka = consumerSettings();
        kafka.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, TAIL_FETCH_MAX_WAIT_MILLIS);
        return new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    Map<String, Object> consumerSettings() {
        Map<String, Object> kafka = settings.consumer();
        setRequestTimeout(kafka);
        kafka.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP_ID);
        kafka.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        kafka.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        kafka.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        kafka.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // All records of a run exist already. While a fetch waits at the end of one partition, no other fetch is sent.
        kafka.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MAX_WAIT_MILLIS);
        // each run creates a consumer, and no tool reads its JMX metrics
        kafka.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        kafka.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords);
        return kafka;
    }

    /**
     * Creates the dead letters of a run. The producer is created at the first dead letter.
     *
     * @param admin creates the topic of dead letters at the first one; stays open
     * @param metrics counts the dead letters by outcome
     * @return the dead letters for one thread, which the caller closes
     */
    public DeadLetters deadLetters(Admin admin, DeadLetterMetrics metrics) {
        Supplier<Producer<byte[], byte[]>> producerFactory = () -> {
            new DeadLetterTopic(deadLetterTopic).ensureExists(admin);
            return producer();
        };
        return new DeadLetters(deadLetterTopic, producerFactory, metrics, RETRY_DELAY, DEAD_LETTER_TIMEOUT);
    }

    private Producer<byte[], byte[]> producer() {
        Map<String, Object> kafka = settings.producer();
        kafka.put(ProducerConfig.ACKS_CONFIG, "all");
        // A dead letter may be repeated. An idempotent producer cannot continue after Kafka has rejected one.
        kafka.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        kafka.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, DeadLetterTopic.MAX_RECORD_BYTES);
        return new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Closes the client without waiting for Kafka, which may be down.
     *
     * @param admin the client, whose pending calls fail
     */
    public static void closeImmediately(Admin admin) {
        admin.close(Duration.ZERO);
    }
}
