package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.producer.LikeLog.Offer;
import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.kafka.core.ProducerFactory;

/** A producer that fails, and the one after it, which is Kafka's own on a real broker. */
class FailedProducerIT {

    private static final String SERVERS = Backends.bootstrapServers();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MockProducer<byte[], byte[]> failing =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final Producers producers = new Producers();
    private LogOpener opener;
    private LikeLog log;

    /** Hands out one after the other, as Spring's does after each reset. */
    private static final class Producers implements ProducerFactory<byte[], byte[]> {

        private final Deque<Producer<byte[], byte[]>> left = new ArrayDeque<>();
        private final Deque<Error> errors =
                new ConcurrentLinkedDeque<>(); // each is thrown once, before the next producer
        private final Semaphore permits = new Semaphore(Integer.MAX_VALUE);

        @Override
        public Producer<byte[], byte[]> createProducer() {
            permits.acquireUninterruptibly();
            Error error = errors.poll();
            if (error != null) {
                throw error;
            }
            return left.peek();
        }

        @Override
        public void reset() {
            left.remove().close(Duration.ZERO);
        }
    }

    @BeforeEach
    void open() {
        opener = new LogOpener(
                producers,
                Map.of("bootstrap.servers", SERVERS),
                new ProducerSettings.Topic(Backends.unique("likes"), 4, (short) 1, 1),
                Duration.ofHours(1));
        log = new LikeLog(opener, "/test", PATIENCE);
    }

    @AfterEach
    void close() {
        opener.close();
        producers.left.forEach(producer -> producer.close(Duration.ZERO));
    }

    private void start(Producer<byte[], byte[]> first) throws Exception {
        producers.left.add(first);
        producers.left.add(kafkas());
        opener.start();
        log.opened().get(30, TimeUnit.SECONDS);
    }

    private static KafkaProducer<byte[], byte[]> kafkas() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", SERVERS, "max.block.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Once the log takes it. */
    private CompletableFuture<Position> append() {
        CompletableFuture<Position> appended = new CompletableFuture<>();
        Liked like = new Liked(Backends.unique("e"), "p-1", "alice", "bob", Instant.now());
        await().atMost(PATIENCE)
                .until(() -> log.offer(like, List.of(), (position, failure) -> {
                            if (failure == null) {
                                appended.complete(position);
                            } else {
                                appended.completeExceptionally(failure);
                            }
                        })
                        == Offer.taken);
        return appended;
    }

    static Stream<RuntimeException> fatal() {
        return Stream.of(
                new ProducerFencedException("another has its place"),
                new InvalidProducerEpochException("of an earlier epoch"),
                new OutOfOrderSequenceException("a gap"),
                new ClusterAuthorizationException("no idempotent writes"),
                new UnsupportedVersionException("too old"),
                new KafkaException("in an error state"));
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void anErrorThatAProducerDoesNotRecoverFrom_failsItsLikes_andTheNextIsTakenByAnother(RuntimeException fatal)
            throws Exception {
        start(failing);
        CompletableFuture<Position> like = append();

        failing.errorNext(fatal);

        assertThat(like)
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isSameAs(fatal);
        assertThat(append()).succeedsWithin(PATIENCE);
        assertThat(failing.closed()).isTrue();
        assertThat(log.inFlight()).isZero();
    }

    static Stream<RuntimeException> passing() {
        return Stream.of(new TimeoutException("too slow"), new RecordTooLargeException("for this topic"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void anErrorOfOneLike_isNoReasonToReplaceTheProducer(RuntimeException passing) throws Exception {
        start(failing);
        OpenLog before = opener.current();
        CompletableFuture<Position> like = append();

        failing.errorNext(passing);

        assertThat(like).failsWithin(PATIENCE);
        assertThat(opener.current()).isSameAs(before);
        CompletableFuture<Position> next = append();
        failing.completeNext();
        assertThat(next).succeedsWithin(PATIENCE);
    }

    @Test
    void errorWhileAProducerIsCreated_isNotReady_andTheThreadOpensTheLogAgain() throws Exception {
        start(failing);
        CompletableFuture<Position> like = append();
        producers.errors.add(new OutOfMemoryError("unable to create native thread"));
        producers.permits.drainPermits();

        failing.errorNext(new KafkaException("in an error state"));
        assertThat(like).failsWithin(PATIENCE);
        producers.permits.release(); // for the error alone

        await().atMost(PATIENCE).until(() -> !log.isOpen());
        producers.permits.release(Integer.MAX_VALUE / 2);
        assertThat(append()).succeedsWithin(PATIENCE);
        await().atMost(PATIENCE).until(log::isOpen);
    }

    @Test
    void logIsNotOpenedAgain_isNotReady_untilItIs() throws Exception {
        start(failing);
        CompletableFuture<Position> first = append();
        failing.completeNext();
        assertThat(first).succeedsWithin(PATIENCE);
        producers.permits.drainPermits();

        CompletableFuture<Position> like = append();
        failing.errorNext(new KafkaException("in an error state"));

        assertThat(like).failsWithin(PATIENCE);
        assertThat(opener.current()).isNull();
        assertThat(log.isOpen()).as("closed for a moment").isTrue();
        await().atMost(PATIENCE).until(() -> !log.isOpen());
        assertThat(opener.failure()).hasMessageContaining("the log is closed").hasMessageContaining("error state");
        producers.permits.release();
        await().atMost(PATIENCE).until(log::isOpen);
    }

    @Test
    void producersFailBeforeAnyLikeIsAcknowledged_isNotReady_untilALikeIs() throws Exception {
        start(failing);
        CompletableFuture<Position> like = append();

        failing.errorNext(new UnsupportedVersionException("no idempotence"));

        assertThat(like).failsWithin(PATIENCE);
        log.opened().get(30, TimeUnit.SECONDS);
        assertThat(opener.failure()).hasMessageContaining("no idempotence");
        assertThat(append()).succeedsWithin(PATIENCE);
        assertThat(log.isOpen()).isTrue();
    }

    @Test
    void threadHasEnded_isNotReady() throws Exception {
        start(failing);
        await().atMost(PATIENCE).until(log::isOpen);

        opener.close();

        await().atMost(PATIENCE).until(() -> !log.isOpen());
        assertThat(opener.failure()).hasMessageContaining("has ended");
    }

    @Test
    void aProducerThatWasClosedUnderneath_isReplaced() throws Exception {
        KafkaProducer<byte[], byte[]> first = kafkas();
        start(first);
        assertThat(append()).succeedsWithin(PATIENCE);

        first.close(Duration.ZERO);

        assertThat(append()).succeedsWithin(PATIENCE);
        assertThat(log.inFlight()).isZero();
    }

    /** Many fail at once when it is the producer that does; one replacement is enough. */
    @Test
    void howeverManyLikesFailWithIt_aProducerIsReplacedOnce() throws Exception {
        start(failing);
        for (int i = 0; i < 10; i++) {
            append();
        }

        for (int i = 0; i < 10; i++) {
            failing.errorNext(new ProducerFencedException("another has its place"));
        }

        assertThat(append()).succeedsWithin(PATIENCE);
        await().atMost(PATIENCE).until(() -> producers.left.size() == 1);
    }

    @Test
    void whatAReplacedProducerHasYetToSay_isNoReasonToReplaceTheNext() throws Exception {
        start(failing);
        append();
        append();
        failing.errorNext(new ProducerFencedException("another has its place"));
        OpenLog next = log.opened().get(30, TimeUnit.SECONDS);

        failing.errorNext(new ProducerFencedException("another has its place"));

        assertThat(opener.current()).isSameAs(next);
        opener.doubt(next); // which would see to a replacement that was due
        log.opened().get(30, TimeUnit.SECONDS);
        assertThat(producers.left).hasSize(1);
        assertThat(append()).succeedsWithin(PATIENCE);
    }
}
