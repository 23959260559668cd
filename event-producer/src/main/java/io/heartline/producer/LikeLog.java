package io.heartline.producer;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.events.Position;
import io.heartline.producer.ProducerSettings.Topic;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The topic, as the producer sees it: a place to append to, whose acknowledgement is final. */
final class LikeLog implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LikeLog.class);

    private final KafkaTemplate<byte[], byte[]> kafka;
    private final Admin admin;
    private final ProducerSettings settings;
    // KafkaProducer.send may block for metadata or buffer space; an event loop must not
    private final Scheduler sender = Schedulers.newSingle("kafka-send");
    private volatile LikesLog current;

    LikeLog(KafkaTemplate<byte[], byte[]> kafka, Admin admin, ProducerSettings settings) {
        this.kafka = kafka;
        this.admin = admin;
        this.settings = settings;
    }

    /**
     * Answers with the event's place once every in-sync replica has it.
     *
     * <p>Fails with {@link LogUnavailableException} if that did not happen in time: the event may be in the log or not.
     */
    Mono<Position> append(LikeEvent event) {
        ProducerRecord<byte[], byte[]> record =
                LikeEventRecord.of(settings.topic().name(), event, settings.source());
        return current()
                .flatMap(log -> Mono.fromFuture(() -> kafka.send(record))
                        .subscribeOn(sender)
                        .map(sent -> new Position(
                                log.epoch(),
                                sent.getRecordMetadata().partition(),
                                sent.getRecordMetadata().offset())))
                .timeout(settings.ackTimeout())
                .onErrorMap(LikeLog::isKafkaTrouble, LogUnavailableException::new);
    }

    /** Creates the topic unless it is there. Kafka is asked until it has answered once; from then on this is a field. */
    Mono<LikesLog> current() {
        LikesLog known = current;
        if (known != null) {
            return Mono.just(known);
        }
        return describe()
                .onErrorResume(UnknownTopicOrPartitionException.class, e -> create())
                .doOnNext(found -> current = found);
    }

    private Mono<LikesLog> describe() {
        return Mono.fromCompletionStage(
                () -> LikesLog.describe(admin, settings.topic().name()));
    }

    // not by KafkaAdmin, which would also give an existing topic more partitions
    private Mono<LikesLog> create() {
        Topic topic = settings.topic();
        log.info("creating topic {} with {} partitions", topic.name(), topic.partitions());
        return Mono.fromCompletionStage(() -> LikesLog.create(
                        admin,
                        LikesTopic.newTopic(
                                topic.name(), topic.partitions(), topic.replication(), topic.minInSyncReplicas())))
                .onErrorResume(TopicExistsException.class, e -> describe());
    }

    private static boolean isKafkaTrouble(Throwable e) {
        return e instanceof KafkaException
                || e instanceof org.springframework.kafka.KafkaException
                || e instanceof TimeoutException;
    }

    @Override
    public void close() {
        sender.dispose();
        admin.close(Duration.ZERO); // questions to a Kafka that is down would hold up the shutdown
    }
}
