package io.heartline.reports.kafka;

import io.heartline.events.LikesLog;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Where the job's Kafka clients come from: made for a run and closed with it, since most of the time there is none. */
public class KafkaClients {

    /** Kafka's own offsets are committed to it, for tools that show lag. */
    static final String GROUP_ID = "report-batch";

    private static final int MAX_POLL_RECORDS = 5_000;
    private static final int FETCH_MAX_WAIT_MILLIS = 20;
    private static final int REQUEST_TIMEOUT_MILLIS = 10_000;
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    /** The producer's own is two minutes, unless its settings say otherwise. */
    private static final Duration DEAD_LETTER_TIMEOUT = Duration.ofMinutes(10);

    private final Map<String, Object> settings;
    private final String topic;
    private final String deadLetterTopic;
    private final int chunkSize;

    /** @param settings of all clients, as Kafka names them */
    public KafkaClients(Map<String, ?> settings, String topic, String deadLetterTopic, int chunkSize) {
        this.settings = Map.copyOf(settings);
        this.topic = topic;
        this.deadLetterTopic = deadLetterTopic;
        this.chunkSize = chunkSize;
    }

    public Admin admin() {
        return Admin.create(adminSettings());
    }

    Map<String, Object> adminSettings() {
        Map<String, Object> kafka = settingsWithRequestTimeout();
        // an admin client looks at a request's timeout only when a whole call's time is over
        // if an operator has set a request's timeout, a shorter one for calls could be refused
        if (!settings.containsKey(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG)) {
            kafka.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
        }
        // with Kafka down, this client's own default is a loop that logs a thousand lines a second
        kafka.put(AdminClientConfig.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        return kafka;
    }

    /**
     * Returns the settings of a client that asks Kafka, which can ask again. A connection that has vanished without a FIN or RST
     * is given up after the request's timeout. Kafka's own default of 30 s would use up most of what a run waits.
     */
    Map<String, Object> settingsWithRequestTimeout() {
        Map<String, Object> kafka = new HashMap<>(settings);
        kafka.putIfAbsent(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
        return kafka;
    }

    /** Asked again and again: a topic that was created anew is another log. */
    public LikesLog describeLog(Admin admin) {
        try {
            return tryDescribeLog(admin);
        } catch (TimeoutException | DisconnectException e) {
            // the connection may have vanished, and the next call opens another one
            return tryDescribeLog(admin);
        }
    }

    private LikesLog tryDescribeLog(Admin admin) {
        try {
            return LikesLog.describe(admin, topic).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    public Consumer<byte[], byte[]> consumer() {
        Map<String, Object> kafka = settingsWithRequestTimeout();
        kafka.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP_ID);
        kafka.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        kafka.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        kafka.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        kafka.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // what is pulled is there already; and while a fetch waits at the end of one partition, none is sent for the
        // next
        kafka.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_MAX_WAIT_MILLIS);
        // a consumer is made for every run, and its metrics would be registered for nobody
        kafka.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        kafka.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(MAX_POLL_RECORDS, chunkSize));
        return new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    public DeadLetters deadLetters(Admin admin, DeadLetterMetrics metrics) {
        Supplier<Producer<byte[], byte[]>> producerFactory = () -> {
            new DeadLetterTopic(deadLetterTopic).ensureExists(admin);
            return producer();
        };
        return new DeadLetters(deadLetterTopic, producerFactory, metrics, RETRY_DELAY, DEAD_LETTER_TIMEOUT);
    }

    private Producer<byte[], byte[]> producer() {
        Map<String, Object> kafka = new HashMap<>(settings);
        kafka.put(ProducerConfig.ACKS_CONFIG, "all");
        // a letter may be repeated; and an idempotent producer is of no use any more once one has been refused
        kafka.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        kafka.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, DeadLetterTopic.MAX_RECORD_BYTES);
        return new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Kafka may be down, which is no reason to wait for it. */
    public static void closeImmediately(Admin admin) {
        admin.close(Duration.ZERO);
    }
}
