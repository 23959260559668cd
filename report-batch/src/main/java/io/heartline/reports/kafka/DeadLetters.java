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
 * The records of a run that are no likes, written to a topic of their own: key = their position, value = their bytes, headers =
 * the reason, and the key they had. A record that is pulled again is written again.
 *
 * <p>A record must not stop the reports. If it is too large, it is written without its value. If Kafka refuses it for good, it is
 * counted and logged, and the run goes on; the record itself stays in the log. If Kafka is away, the run fails and tries again.
 */
public final class DeadLetters implements AutoCloseable {

    static final String REASON = "heartline_reason";
    static final String KEY = "heartline_key";

    /** Bytes of the value, on a letter that was written without it. */
    static final String SIZE = "heartline_size";

    static final int MAX_ATTEMPTS = 3;

    /** A value that is being sent is kept, because it may have to be sent again without it. */
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
     * @param producerFactory asked at the first letter, which most runs do not have; makes sure that the topic exists
     * @param retryDelay before a letter that Kafka has refused is tried again
     * @param timeout for an answer; longer than the producer's own, which is not kept if an Error has ended its thread
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

    /** @throws KafkaException if Kafka cannot be reached at the moment */
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
     * Returns once Kafka has acknowledged or refused each of them.
     *
     * @throws KafkaException if Kafka cannot be reached at the moment
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
                    retryDelay();
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
                retryDelay();
            } else {
                break; // the same letter would be refused again
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
     * @return why Kafka refuses the letter for good; null if it has acknowledged it
     * @throws KafkaException if the letter may be taken another time
     */
    private @Nullable KafkaException permanentError(Future<?> sent) {
        try {
            sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return null;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException cause && DeadLetterTopic.isPermanent(cause)) {
                return cause;
            }
            throw new KafkaException("a dead letter was not taken", e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("a dead letter was neither taken nor refused within " + timeout, e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static boolean isTooLarge(KafkaException e) {
        return e instanceof RecordTooLargeException || e instanceof RecordBatchTooLargeException;
    }

    /** Returns whether Kafka refuses every letter, and not only this one. */
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
                    "the record at {} is no like, and {} does not take it: {}. It stays in the log until its retention ends."
                            + " Further ones of this run are only counted",
                    new String(letter.key(), StandardCharsets.US_ASCII),
                    topic,
                    error.toString());
        }
    }

    private void retryDelay() {
        try {
            new CountDownLatch(1).await(retryDelay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** What is still pending belongs to a chunk that is pulled again, so it is not waited for. */
    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }
}
