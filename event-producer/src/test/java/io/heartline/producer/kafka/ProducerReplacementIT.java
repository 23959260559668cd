package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.producer.kafka.LikeAppender.AppendStatus;
import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A producer that fails, and its replacement, which is Kafka's own producer on a real broker. */
class ProducerReplacementIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final MockProducer<byte[], byte[]> failing =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final SuccessiveProducers producers = new SuccessiveProducers();
    private final TopicMonitor monitor = producers.monitor;
    private final LikeAppender appender = producers.appender(TIMEOUT);

    @AfterEach
    void close() {
        producers.close();
    }

    private void start(Producer<byte[], byte[]> first) throws Exception {
        producers.add(first);
        producers.add(SuccessiveProducers.kafkaProducer());
        producers.start();
        appender.whenAvailable().get(30, TimeUnit.SECONDS);
    }

    /** Appends a like as soon as the log is available. */
    private CompletableFuture<Position> append() {
        CompletableFuture<Position> appended = new CompletableFuture<>();
        Liked like = new Liked(Backends.unique("e"), "p-1", "alice", "bob", Instant.now());
        await().atMost(TIMEOUT)
                .until(() -> appender.tryAppend(like, List.of(), (position, failure) -> {
                            if (failure == null) {
                                appended.complete(position);
                            } else {
                                appended.completeExceptionally(failure);
                            }
                        })
                        == AppendStatus.SENT);
        return appended;
    }

    static Stream<RuntimeException> fatalErrors() {
        return Stream.of(
                new ProducerFencedException("another has its place"),
                new InvalidProducerEpochException("of an earlier epoch"),
                new OutOfOrderSequenceException("a gap"),
                new ClusterAuthorizationException("no idempotent writes"),
                new UnsupportedVersionException("too old"),
                new KafkaException("in an error state"));
    }

    @ParameterizedTest
    @MethodSource("fatalErrors")
    void fatalError_failsTheLike_andTheNextIsSentByAnotherProducer(RuntimeException fatal) throws Exception {
        start(failing);
        CompletableFuture<Position> like = append();

        failing.errorNext(fatal);

        assertThat(like)
                .failsWithin(TIMEOUT)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isSameAs(fatal);
        assertThat(append()).succeedsWithin(TIMEOUT);
        assertThat(failing.closed()).isTrue();
        assertThat(appender.inFlight()).isZero();
    }

    static Stream<RuntimeException> singleLikeErrors() {
        return Stream.of(new TimeoutException("too slow"), new RecordTooLargeException("for this topic"));
    }

    @ParameterizedTest
    @MethodSource("singleLikeErrors")
    void errorOfOneLike_keepsTheProducer(RuntimeException error) throws Exception {
        start(failing);
        LogSession before = monitor.currentSession();
        CompletableFuture<Position> like = append();

        failing.errorNext(error);

        assertThat(like).failsWithin(TIMEOUT);
        assertThat(monitor.currentSession()).isSameAs(before);
        CompletableFuture<Position> next = append();
        failing.completeNext();
        assertThat(next).succeedsWithin(TIMEOUT);
    }

    @Test
    void producerCreationFails_isNotReady_andIsRetried() throws Exception {
        start(failing);
        CompletableFuture<Position> like = append();
        producers.errors.add(new OutOfMemoryError("unable to create native thread"));
        producers.permits.drainPermits();

        failing.errorNext(new KafkaException("in an error state"));
        assertThat(like).failsWithin(TIMEOUT);
        producers.permits.release(); // for the error only

        await().atMost(TIMEOUT).until(() -> appender.failure() != null);
        producers.permits.release(Integer.MAX_VALUE / 2);
        assertThat(append()).succeedsWithin(TIMEOUT);
        await().atMost(TIMEOUT).until(() -> appender.failure() == null);
    }

    @Test
    void sessionIsNotReplaced_isNotReady_untilItIs() throws Exception {
        start(failing);
        CompletableFuture<Position> first = append();
        failing.completeNext();
        assertThat(first).succeedsWithin(TIMEOUT);
        producers.permits.drainPermits();

        CompletableFuture<Position> like = append();
        failing.errorNext(new KafkaException("in an error state"));

        assertThat(like).failsWithin(TIMEOUT);
        assertThat(monitor.currentSession()).isNull();
        assertThat(appender.failure()).as("a short outage").isNull();
        await().atMost(TIMEOUT).until(() -> appender.failure() != null);
        assertThat(monitor.failure())
                .hasMessageContaining("the log is unavailable")
                .hasMessageContaining("error state");
        producers.permits.release();
        await().atMost(TIMEOUT).until(() -> appender.failure() == null);
    }

    @Test
    void producersFailBeforeAnyLikeIsAcknowledged_isNotReady_untilALikeIs() throws Exception {
        start(failing);
        CompletableFuture<Position> like = append();

        failing.errorNext(new UnsupportedVersionException("no idempotence"));

        assertThat(like).failsWithin(TIMEOUT);
        appender.whenAvailable().get(30, TimeUnit.SECONDS);
        assertThat(monitor.failure()).hasMessageContaining("no idempotence");
        assertThat(append()).succeedsWithin(TIMEOUT);
        assertThat(appender.failure()).isNull();
    }

    @Test
    void monitorHasStopped_isNotReady() throws Exception {
        start(failing);
        await().atMost(TIMEOUT).until(() -> appender.failure() == null);

        monitor.close();

        await().atMost(TIMEOUT).until(() -> appender.failure() != null);
        assertThat(monitor.failure()).hasMessageContaining("has ended");
    }

    @Test
    void producerIsClosed_isReplaced() throws Exception {
        KafkaProducer<byte[], byte[]> first = SuccessiveProducers.kafkaProducer();
        start(first);
        assertThat(append()).succeedsWithin(TIMEOUT);

        first.close(Duration.ZERO);

        assertThat(append()).succeedsWithin(TIMEOUT);
        assertThat(appender.inFlight()).isZero();
    }

    /** If the producer fails, many likes fail concurrently. One replacement is enough. */
    @Test
    void manyLikesFail_producerIsReplacedOnce() throws Exception {
        start(failing);
        for (int i = 0; i < 10; i++) {
            append();
        }

        for (int i = 0; i < 10; i++) {
            failing.errorNext(new ProducerFencedException("another has its place"));
        }

        assertThat(append()).succeedsWithin(TIMEOUT);
        await().atMost(TIMEOUT).until(() -> producers.remaining() == 1);
    }

    @Test
    void lateErrorOfAReplacedProducer_keepsTheNextProducer() throws Exception {
        start(failing);
        append();
        append();
        failing.errorNext(new ProducerFencedException("another has its place"));
        LogSession next = monitor.whenAvailable().get(30, TimeUnit.SECONDS);

        failing.errorNext(new ProducerFencedException("another has its place"));

        assertThat(monitor.currentSession()).isSameAs(next);
        monitor.invalidate(next); // the next check would replace the producer if it were marked as failed
        appender.whenAvailable().get(30, TimeUnit.SECONDS);
        assertThat(producers.remaining()).isEqualTo(1);
        assertThat(append()).succeedsWithin(TIMEOUT);
    }
}
