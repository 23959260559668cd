package io.heartline.reports.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes dead letters: records of a run that are no likes, in a topic of their own. The key is the record's position, and the value
 * its bytes. The headers have the reason and the record's key. A record that is pulled again is written again.
 *
 * <p>A record must not stop the reports. If it is too large, it is written without its value. If Kafka rejects it for good, it is
 * counted and logged, and the run continues; the record itself stays in the log. If Kafka is unavailable, the run fails and is
 * tried again.
 */
public final class DeadLetters implements AutoCloseable {

    static final String REASON = "heartline_reason";
    static final String KEY = "heartline_key";

    /** The number of bytes of the value, on a dead letter without it. */
    static final String SIZE = "heartline_size";

    static final int MAX_ATTEMPTS = 3;

    /** Records that are being sent are kept, because one may have to be sent again without its value. */
    private static final int MAX_PENDING_BYTES = 8 * 1024 * 1024;

    private static final int MAX_KEY_WITHOUT_VALUE = 1024;
    private static final Logger logger = LoggerFactory.getLogger(DeadLetters.class);

    private final String topic;
    private final Supplier<Producer<byte[], byte[]>> producerFactory;
    private final DeadLetterMetrics metrics;
    private final Duration retryDelay;
    private final Duration timeout;
    private final List<DeadLetter> pending = new ArrayList<>();
    private int pendingBytes;
    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable KafkaException topicError;
    private boolean isLossLogged;

    private record DeadLetter(ProducerRecord<byte[], byte[]> record, Future<?> sent) {}

    /**
     * @param producerFactory called at the first dead letter, which most runs do not have; makes sure that the topic exists
     * @param retryDelay between two attempts to write a dead letter that Kafka has rejected
     * @param timeout for an answer; longer than the producer's own, which does not work after an Error has ended its thread
     */
    DeadLetters(
            String topic,
            Supplier<Producer<byte[], byte[]>> producerFactory,
            DeadLetterMetrics metrics,
            Duration retryDelay,
            Duration timeout) {
        this.topic = topic;
        this.producerFactory = producerFactory;
        this.metrics = metrics;
        this.retryDelay = retryDelay;
        this.timeout = timeout;
    }

    /**
     * Sends a dead letter. Blocks if too many bytes wait for an acknowledgement.
     *
     * @param record the record as it was pulled; its key and value may be null
     * @param position the record's position in ASCII, which becomes the key
     * @param reason why the record is no like, for the header
     * @throws KafkaException if Kafka is unavailable
     */
    public void add(ConsumerRecord<byte[], byte[]> record, String position, String reason) {
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(topic, position.getBytes(StandardCharsets.US_ASCII), record.value());
        letter.headers().add(REASON, reason.getBytes(StandardCharsets.UTF_8));
        if (record.key() != null) {
            letter.headers().add(KEY, record.key());
        }
        openProducer();
        pending.add(new DeadLetter(letter, send(letter)));
        pendingBytes += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        if (pendingBytes >= MAX_PENDING_BYTES) {
            flush();
        }
    }

    /**
     * Returns when Kafka has acknowledged or rejected each dead letter.
     *
     * @throws KafkaException if Kafka is unavailable
     */
    public void flush() {
        pending.forEach(this::awaitOutcome);
        pending.clear();
        pendingBytes = 0;
    }

    private void openProducer() {
        for (int attempt = 1; producer == null && topicError == null; attempt++) {
            try {
                producer = producerFactory.get();
            } catch (KafkaException e) {
                if (!DeadLetterTopic.isPermanent(e)) {
                    throw e;
                }
                if (attempt == MAX_ATTEMPTS) {
                    topicError = e;
                } else {
                    awaitRetryDelay();
                }
            }
        }
    }

    private Future<?> send(ProducerRecord<byte[], byte[]> letter) {
        if (topicError != null) {
            return CompletableFuture.failedFuture(topicError);
        }
        try {
            return producer.send(letter);
        } catch (KafkaException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void awaitOutcome(DeadLetter letter) {
        ProducerRecord<byte[], byte[]> record = letter.record();
        KafkaException error = permanentError(letter.sent());
        boolean isTruncated = false;
        for (int attempt = 1; error != null && topicError == null && attempt < MAX_ATTEMPTS; attempt++) {
            if (isTooLarge(error) && !isTruncated) {
                record = withoutValue(record);
                isTruncated = true;
            } else if (isTopicError(error)) {
                awaitRetryDelay();
            } else {
                break; // Kafka would reject the same record again
            }
            error = permanentError(send(record));
        }
        if (error == null) {
            (isTruncated ? metrics.truncated : metrics.written).increment();
        } else {
            if (isTopicError(error)) {
                topicError = error;
            }
            recordLoss(record, error);
        }
    }

    /**
     * Waits for Kafka's answer.
     *
     * @return why Kafka rejects the dead letter for good; null if it has acknowledged it
     * @throws KafkaException if a later attempt may succeed
     */
    private @Nullable KafkaException permanentError(Future<?> sent) {
        try {
            sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return null;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException cause && DeadLetterTopic.isPermanent(cause)) {
                return cause;
            }
            throw new KafkaException("Kafka has not acknowledged a dead letter", e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("Kafka has neither acknowledged nor rejected a dead letter within " + timeout, e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static boolean isTooLarge(KafkaException e) {
        return e instanceof RecordTooLargeException || e instanceof RecordBatchTooLargeException;
    }

    /** Returns whether Kafka rejects all dead letters, and not only this one. */
    private static boolean isTopicError(KafkaException e) {
        return e instanceof AuthorizationException || e instanceof InvalidTopicException;
    }

    private static ProducerRecord<byte[], byte[]> withoutValue(ProducerRecord<byte[], byte[]> letter) {
        ProducerRecord<byte[], byte[]> truncated = new ProducerRecord<>(letter.topic(), letter.key(), null);
        letter.headers().forEach(header -> {
            if (header.value().length <= MAX_KEY_WITHOUT_VALUE) {
                truncated.headers().add(header);
            }
        });
        int size = letter.value() == null ? 0 : letter.value().length;
        truncated.headers().add(SIZE, Integer.toString(size).getBytes(StandardCharsets.US_ASCII));
        return truncated;
    }

    private void recordLoss(ProducerRecord<byte[], byte[]> letter, KafkaException error) {
        metrics.lost.increment();
        if (!isLossLogged) {
            isLossLogged = true;
            logger.error(
                    "the record at {} is no like, and Kafka rejects its dead letter for {}: {}. The record stays in the log until its"
                            + " retention ends. Further dead letters of this run that Kafka rejects are only counted",
                    new String(letter.key(), StandardCharsets.US_ASCII),
                    topic,
                    error.toString());
        }
    }

    private void awaitRetryDelay() {
        try {
            new CountDownLatch(1).await(retryDelay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Does not wait for pending dead letters, because their chunk is pulled again. */
    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }
}
