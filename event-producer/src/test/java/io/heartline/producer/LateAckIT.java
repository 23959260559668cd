package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.events.Position;
import io.heartline.producer.LikeLog.Offer;
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

/** Acknowledgements that the test gives itself, for a topic on a real broker. */
class LateAckIT {

    private static final String SERVERS = Backends.bootstrapServers();
    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(20);

    private final String topic = Backends.unique("likes");
    private final Queue<Held> held = new ArrayDeque<>();
    private final AtomicLong clock = new AtomicLong();
    private Admin admin;
    private LogOpener opener;
    private LikeLog log;

    /** A like that was sent and not acknowledged. */
    private record Held(TopicPartition partition, Callback callback) {

        void acknowledge(long offset) {
            callback.onCompletion(new RecordMetadata(partition, offset, 0, 0, 0, 0), null);
        }
    }

    @BeforeEach
    void open() throws Exception {
        admin = Admin.create(Map.of("bootstrap.servers", SERVERS));
        ProducerFactory<byte[], byte[]> producers = this::producer;
        opener = new LogOpener(
                producers,
                Map.of("bootstrap.servers", SERVERS),
                new ProducerSettings.Topic(topic, 4, (short) 1, 1),
                Duration.ofHours(1));
        log = new LikeLog(opener, "/test", ACK_TIMEOUT, clock::get);
        opener.start();
        log.opened().get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() {
        opener.close();
        admin.close();
    }

    @SuppressWarnings("unchecked")
    private Producer<byte[], byte[]> producer() {
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("send")) {
                        ProducerRecord<byte[], byte[]> sent = (ProducerRecord<byte[], byte[]>) arguments[0];
                        held.add(new Held(new TopicPartition(sent.topic(), sent.partition()), (Callback) arguments[1]));
                    }
                    return method.getName().equals("partitionsFor") ? List.of() : null;
                });
    }

    private CompletableFuture<Position> offer() {
        CompletableFuture<Position> result = new CompletableFuture<>();
        Liked like = new Liked(Backends.unique("e"), "p-1", "alice", "bob", Instant.now());
        Offer offer = log.offer(like, List.of(), (position, failure) -> {
            if (failure == null) {
                result.complete(position);
            } else {
                result.completeExceptionally(failure);
            }
        });
        assertThat(offer).isEqualTo(Offer.taken);
        return result;
    }

    private void createTopicAgain() throws Exception {
        admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
        LikesLog.create(admin, LikesTopic.newTopic(topic, 4, (short) 1, 1))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void acknowledgedWithoutOffset_isUnknown_andTheLogStaysOpen() {
        OpenLog open = opener.current();
        CompletableFuture<Position> like = offer();

        held.remove().acknowledge(-1);

        assertThat(like)
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("without its offset");
        assertThat(opener.current()).isSameAs(open);
        assertThat(log.inFlight()).isZero();
    }

    @Test
    void offsetStartsAgain_likeHasThePositionInTheNewLog() throws Exception {
        offer();
        held.remove().acknowledge(5);
        String before = opener.current().log().epoch();
        createTopicAgain();
        CompletableFuture<Position> like = offer();

        held.remove().acknowledge(0);

        assertThat(like).succeedsWithin(SOON).satisfies(position -> {
            assertThat(position.epoch()).isNotEqualTo(before);
            assertThat(position.offset()).isZero();
        });
    }

    /** The like was appended to the topic that was deleted, so there is no like where the new log has this offset. */
    @Test
    void ackOfTheOldLog_afterTheNewOneWasOpened_isUnknown() throws Exception {
        offer();
        held.remove().acknowledge(5);
        CompletableFuture<Position> old = offer();
        Held late = held.remove();
        createTopicAgain();
        CompletableFuture<Position> first = offer();
        held.remove().acknowledge(0);
        assertThat(first).succeedsWithin(SOON);

        late.acknowledge(6);

        assertThat(old)
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(KafkaException.class)
                .withMessageContaining("created again");
        assertThat(log.inFlight()).isZero();
    }

    @Test
    void ackOfTheSameLog_afterItWasOpenedAgain_keepsItsPosition() throws Exception {
        CompletableFuture<Position> like = offer();
        OpenLog before = opener.current();
        opener.doubt(before);
        OpenLog after = log.opened().get(30, TimeUnit.SECONDS);

        held.remove().acknowledge(7);

        assertThat(after).isNotSameAs(before);
        assertThat(like).succeedsWithin(SOON).hasToString(before.log().epoch() + "-" + partition() + "-7");
    }

    private int partition() {
        return opener.current().log().partitionOf("alice");
    }

    @Test
    void logIsDoubtedLate_likeFailsAfterAckTimeoutFromItsOffer() throws Exception {
        offer();
        held.remove().acknowledge(5);
        admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS); // so the log is not opened again
        CompletableFuture<Position> like = offer();
        clock.addAndGet(ACK_TIMEOUT.minusMillis(100).toNanos());

        held.remove().acknowledge(0);

        assertThat(like).failsWithin(SOON);
        assertThat(log.inFlight()).isZero();
    }
}
