package io.heartline.reports.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The outcome of a dead letter for each response of Kafka. */
class DeadLettersTest {

    private static final TopicAuthorizationException NO_RIGHT = new TopicAuthorizationException("no right to write");

    private static final Duration TIMEOUT = Duration.ofMillis(50);

    private final DeadLetterMetrics metrics = new DeadLetterMetrics(new SimpleMeterRegistry());
    private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();

    @Test
    void acknowledgedDeadLetter_isCountedAsWritten() {
        DeadLetters letters = letters(letter -> null);

        letters.add(record("value"), "e-0-7", "why");
        letters.flush();

        assertThat(metrics.written.count()).isEqualTo(1);
        assertThat(text(sent.get(0).key())).isEqualTo("e-0-7");
        assertThat(text(sent.get(0).value())).isEqualTo("value");
        assertThat(sent.get(0).headers().lastHeader(DeadLetters.SIZE)).isNull();
    }

    @Test
    void withoutWriteRight_firstIsTriedThreeTimes_andLaterOnesAreLostUntried() {
        DeadLetters letters = letters(letter -> NO_RIGHT);

        letters.add(record("1"), "e-0-1", "why");
        letters.flush();
        assertThat(sent).hasSize(DeadLetters.MAX_ATTEMPTS);
        letters.add(record("2"), "e-0-2", "why");
        letters.flush();

        assertThat(sent).hasSize(DeadLetters.MAX_ATTEMPTS);
        assertThat(metrics.lost.count()).isEqualTo(2);
        assertThat(metrics.written.count()).isZero();
    }

    @Test
    void writeRightGrantedBetweenAttempts_isUsed() {
        DeadLetters letters = letters(letter -> sent.size() < DeadLetters.MAX_ATTEMPTS ? NO_RIGHT : null);

        letters.add(record("1"), "e-0-1", "why");
        letters.flush();

        assertThat(metrics.written.count()).isEqualTo(1);
        assertThat(metrics.lost.count()).isZero();
    }

    @Test
    void oversizedDeadLetter_isWrittenWithoutValueAndLongKey() {
        DeadLetters letters =
                letters(letter -> letter.value() == null ? null : new RecordTooLargeException("4 MiB at most"));

        letters.add(record("k".repeat(5_000), "value"), "e-0-1", "why");
        letters.flush();

        ProducerRecord<byte[], byte[]> cut = sent.get(1);
        assertThat(cut.value()).isNull();
        assertThat(text(cut.key())).isEqualTo("e-0-1");
        assertThat(text(cut.headers().lastHeader(DeadLetters.SIZE).value())).isEqualTo("5");
        assertThat(text(cut.headers().lastHeader(DeadLetters.REASON).value())).isEqualTo("why");
        assertThat(cut.headers().lastHeader(DeadLetters.KEY)).isNull();
        assertThat(metrics.truncated.count()).isEqualTo(1);
    }

    @Test
    void rejectedDeadLetter_isLost_andTheNextIsTried() {
        DeadLetters letters =
                letters(letter -> text(letter.value()).equals("bad") ? new InvalidRecordException("bad") : null);

        letters.add(record("bad"), "e-0-1", "why");
        letters.add(record("good"), "e-0-2", "why");
        letters.flush();

        assertThat(sent).hasSize(2);
        assertThat(metrics.lost.count()).isEqualTo(1);
        assertThat(metrics.written.count()).isEqualTo(1);
    }

    @Test
    void unavailableBroker_failsTheRun_andLosesNothing() {
        DeadLetters letters = letters(letter -> new TimeoutException("no answer"));
        letters.add(record("1"), "e-0-1", "why");

        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(letters::flush)
                .withMessageContaining("has not acknowledged");
        assertThat(metrics.lost.count()).isZero();
    }

    /** If an Error has ended the thread of Kafka's producer, the producer completes no further send. */
    @Test
    void hangingProducer_failsTheRun_andLosesNothing() {
        DeadLetters letters = new DeadLetters(
                "dead",
                () -> new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()),
                metrics,
                Duration.ZERO,
                TIMEOUT);
        letters.add(record("1"), "e-0-1", "why");

        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(letters::flush)
                .withMessageContaining("neither acknowledged nor rejected");
        assertThat(metrics.lost.count()).isZero();
    }

    @Test
    void topicCreationRejected_losesDeadLetters_andUnavailableBrokerFailsTheRun() {
        DeadLetters refused = new DeadLetters(
                "dead",
                () -> {
                    throw new PolicyViolationException("no topics of one partition");
                },
                metrics,
                Duration.ZERO,
                TIMEOUT);
        refused.add(record("1"), "e-0-1", "why");
        refused.flush();
        assertThat(metrics.lost.count()).isEqualTo(1);

        DeadLetters away = new DeadLetters(
                "dead",
                () -> {
                    throw new TimeoutException("no answer");
                },
                metrics,
                Duration.ZERO,
                TIMEOUT);
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> away.add(record("1"), "e-0-1", "why"));
        assertThat(metrics.lost.count()).isEqualTo(1);
    }

    @Test
    void pendingBytesAtMax_flushes() {
        DeadLetters letters = letters(letter -> null);
        String megabyte = "x".repeat(1024 * 1024);

        for (int i = 0; i < 20; i++) {
            letters.add(record(megabyte), "e-0-" + i, "why");
            assertThat(sent.size() - metrics.written.count()).isLessThan(8);
        }
        letters.flush();

        assertThat(metrics.written.count()).isEqualTo(20);
    }

    private DeadLetters letters(Function<ProducerRecord<byte[], byte[]>, @Nullable KafkaException> answers) {
        MockProducer<byte[], byte[]> producer = new MockProducer<>() {
            @Override
            public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> letter) {
                sent.add(letter);
                KafkaException refusal = answers.apply(letter);
                return refusal == null
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(refusal);
            }
        };
        return new DeadLetters("dead", () -> producer, metrics, Duration.ZERO, TIMEOUT);
    }

    private static ConsumerRecord<byte[], byte[]> record(String value) {
        return record("key", value);
    }

    private static ConsumerRecord<byte[], byte[]> record(String key, String value) {
        byte[] keyBytes = key.getBytes(StandardCharsets.US_ASCII);
        byte[] valueBytes = value.getBytes(StandardCharsets.US_ASCII);
        return new ConsumerRecord<>(
                "likes",
                0,
                0,
                0,
                TimestampType.LOG_APPEND_TIME,
                keyBytes.length,
                valueBytes.length,
                keyBytes,
                valueBytes,
                new RecordHeaders(),
                Optional.empty());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
