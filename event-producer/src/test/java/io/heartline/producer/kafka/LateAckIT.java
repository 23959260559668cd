package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.events.Position;
import io.heartline.producer.kafka.LikeAppender.AppendStatus;
import io.heartline.quickstart.backends.Backends;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.ProducerFactory;

/** The test itself acknowledges likes, for a topic on a real broker. */
class LateAckIT {

    private static final String SERVERS = Backends.bootstrapServers();
    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final String topic = Backends.unique("likes");
    private final Queue<UnacknowledgedLike> unacknowledged = new ArrayDeque<>();
    private final AtomicLong clock = new AtomicLong();
    private Admin admin;
    private TopicMonitor monitor;
    private LikeAppender appender;

    /** A like that was sent and not acknowledged. */
    private record UnacknowledgedLike(TopicPartition partition, Callback callback) {

        void acknowledge(long offset) {
            callback.onCompletion(new RecordMetadata(partition, offset, 0, 0, 0, 0), null);
        }
    }

    @BeforeEach
    void open() throws Exception {
        admin = Admin.create(Map.of("bootstrap.servers", SERVERS));
        ProducerFactory<byte[], byte[]> producers = this::producer;
        monitor = new TopicMonitor(
                producers,
                Map.of("bootstrap.servers", SERVERS),
                new TopicSettings(topic, 4, (short) 1, 1),
                Duration.ofHours(1));
        appender = new LikeAppender(monitor, "/test", ACK_TIMEOUT, clock::get);
        monitor.start();
        appender.whenAvailable().get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        monitor.close();
        admin.close();
    }

    @SuppressWarnings("unchecked")
    private Producer<byte[], byte[]> producer() {
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("send")) {
                        ProducerRecord<byte[], byte[]> sent = (ProducerRecord<byte[], byte[]>) arguments[0];
                        unacknowledged.add(new UnacknowledgedLike(
                                new TopicPartition(sent.topic(), sent.partition()), (Callback) arguments[1]));
                    }
                    return method.getName().equals("partitionsFor") ? List.of() : null;
                });
    }

    private CompletableFuture<Position> append() {
        CompletableFuture<Position> result = new CompletableFuture<>();
        Liked like = new Liked(Backends.unique("e"), "p-1", "alice", "bob", Instant.now());
        AppendStatus status = appender.tryAppend(like, List.of(), (position, failure) -> {
            if (failure == null) {
                result.complete(position);
            } else {
                result.completeExceptionally(failure);
            }
        });
        assertThat(status).isEqualTo(AppendStatus.SENT);
        return result;
    }

    /** Deletes the topic, and waits until the broker answers that it is gone, which may be later than the controller. */
    private void deleteTopic() throws Exception {
        admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
        await().atMost(TIMEOUT).until(() -> LikesLog.describe(admin, topic)
                .handle((found, e) -> e != null)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS));
    }

    private void createTopicAgain() throws Exception {
        deleteTopic();
        LikesLog.create(admin, LikesTopic.newTopic(topic, 4, (short) 1, 1))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void ackWithoutOffset_failsTheLike_andTheSessionIsKept() {
        LogSession session = monitor.currentSession();
        CompletableFuture<Position> like = append();

        unacknowledged.remove().acknowledge(-1);

        assertThat(like)
                .failsWithin(TIMEOUT)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("without its offset");
        assertThat(monitor.currentSession()).isSameAs(session);
        assertThat(appender.inFlight()).isZero();
    }

    @Test
    void offsetDecreases_likeHasThePositionInTheNewLog() throws Exception {
        append();
        unacknowledged.remove().acknowledge(5);
        String before = monitor.currentSession().log().epoch();
        createTopicAgain();
        CompletableFuture<Position> like = append();

        unacknowledged.remove().acknowledge(0);

        assertThat(like).succeedsWithin(TIMEOUT).satisfies(position -> {
            assertThat(position.epoch()).isNotEqualTo(before);
            assertThat(position.offset()).isZero();
        });
    }

    /** The like was appended to the topic that was deleted, so there is no like where the new log has this offset. */
    @Test
    void ackOfTheOldLog_afterTheNewSession_failsTheLike() throws Exception {
        append();
        unacknowledged.remove().acknowledge(5);
        CompletableFuture<Position> old = append();
        UnacknowledgedLike late = unacknowledged.remove();
        createTopicAgain();
        CompletableFuture<Position> first = append();
        unacknowledged.remove().acknowledge(0);
        assertThat(first).succeedsWithin(TIMEOUT);

        late.acknowledge(6);

        assertThat(old)
                .failsWithin(TIMEOUT)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(KafkaException.class)
                .withMessageContaining("created again");
        assertThat(appender.inFlight()).isZero();
    }

    @Test
    void ackOfTheSameLog_afterANewSession_keepsItsPosition() throws Exception {
        CompletableFuture<Position> like = append();
        LogSession before = monitor.currentSession();
        monitor.invalidate(before);
        LogSession after = monitor.whenAvailable().get(30, TimeUnit.SECONDS);

        unacknowledged.remove().acknowledge(7);

        assertThat(after).isNotSameAs(before);
        assertThat(like).succeedsWithin(TIMEOUT).hasToString(before.log().epoch() + "-" + partition() + "-7");
    }

    private int partition() {
        return monitor.currentSession().log().partitionOf("alice");
    }

    @Test
    void sessionIsInvalidated_likeFailsAfterItsAckTimeout() throws Exception {
        append();
        unacknowledged.remove().acknowledge(5);
        deleteTopic(); // so no session can be opened again
        CompletableFuture<Position> like = append();
        clock.addAndGet(ACK_TIMEOUT.minusMillis(100).toNanos());

        unacknowledged.remove().acknowledge(0);

        assertThat(like).failsWithin(TIMEOUT);
        assertThat(appender.inFlight()).isZero();
    }
}
