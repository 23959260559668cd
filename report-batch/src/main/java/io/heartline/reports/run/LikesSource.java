package io.heartline.reports.run;

import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Where the job's Kafka clients come from: made for a run and closed with it, since most of the time there is none. */
class LikesSource {

    /** Kafka's own offsets are committed to it, for tools that show lag. */
    static final String GROUP = "report-batch";

    private static final int MAX_POLL_RECORDS = 5_000;
    private static final int FETCH_WAIT_MILLIS = 20;
    // whatever fits into the topic of likes with a client's usual settings, and its headers
    private static final int LARGEST_LETTER = 4 * 1024 * 1024;

    private final Map<String, Object> settings;
    private final String topic;
    private final String deadLetterTopic;
    private final int chunkSize;

    /** @param settings of all clients, as Kafka names them */
    LikesSource(Map<String, ?> settings, String topic, String deadLetterTopic, int chunkSize) {
        this.settings = Map.copyOf(settings);
        this.topic = topic;
        this.deadLetterTopic = deadLetterTopic;
        this.chunkSize = chunkSize;
    }

    Admin admin() {
        Map<String, Object> kafka = new HashMap<>(settings);
        // with Kafka down, this client's own default is a loop that logs a thousand lines a second
        kafka.put(AdminClientConfig.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        return Admin.create(kafka);
    }

    /** Asked again and again: a topic that was created anew is another log. */
    LikesLog describe(Admin admin) {
        try {
            return LikesLog.describe(admin, topic).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    Consumer<byte[], byte[]> consumer() {
        Map<String, Object> kafka = new HashMap<>(settings);
        kafka.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        kafka.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        kafka.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        kafka.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        kafka.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // what is pulled is there already; and while a fetch waits at the end of one partition, none is sent for the
        // next
        kafka.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
        // a consumer is made for every run, and its metrics would be registered for nobody
        kafka.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        kafka.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(MAX_POLL_RECORDS, chunkSize));
        return new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    DeadLetters deadLetters(Admin admin) {
        return new DeadLetters(deadLetterTopic, () -> {
            createDeadLetterTopic(admin);
            return producer();
        });
    }

    private Producer<byte[], byte[]> producer() {
        Map<String, Object> kafka = new HashMap<>(settings);
        kafka.put(ProducerConfig.ACKS_CONFIG, "all");
        kafka.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_LETTER);
        return new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** One partition, as replicated as the cluster does by default: there should be little in it. */
    private void createDeadLetterTopic(Admin admin) {
        NewTopic wanted = new NewTopic(deadLetterTopic, Optional.of(1), Optional.empty())
                .configs(Map.of(
                        TopicConfig.RETENTION_MS_CONFIG,
                        Long.toString(LikesTopic.RETENTION.toMillis()),
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(LARGEST_LETTER)));
        try {
            admin.createTopics(List.of(wanted)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new KafkaException(deadLetterTopic + " could not be created", e.getCause());
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Kafka may be down, which is no reason to wait for it. */
    static void close(Admin admin) {
        admin.close(Duration.ZERO);
    }
}
