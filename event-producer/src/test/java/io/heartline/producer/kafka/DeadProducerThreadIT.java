package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.Backends;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;

/** An Error on the thread of Kafka's producer ends that thread, because Kafka catches only exceptions there. */
class DeadProducerThreadIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final AtomicBoolean IS_ERROR_DUE = new AtomicBoolean();

    /** Throws an Error on the producer's thread, once it is due. */
    public static final class FailingInterceptor implements ProducerInterceptor<byte[], byte[]> {

        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> sent) {
            return sent;
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
            if (IS_ERROR_DUE.getAndSet(false)) {
                throw new OutOfMemoryError("Cannot reserve direct buffer memory");
            }
        }

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> configs) {}
    }

    private static RunningProducer producer(String topicCheckInterval) {
        return RunningProducer.on(
                Backends.unique("likes"),
                "heartline.producer.topic-check-interval=" + topicCheckInterval,
                "heartline.producer.ack-timeout=2s",
                "spring.kafka.producer.properties.interceptor.classes=" + FailingInterceptor.class.getName());
    }

    @Test
    void producerThreadEnds_likesGet503_andTheProducerIsReplaced() throws Exception {
        try (RunningProducer producer = producer("100ms")) {
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(202);
            IS_ERROR_DUE.set(true);

            HttpResponse<String> like = producer.post(LikeBodies.like("alice", "bob"));

            assertThat(like.statusCode()).isEqualTo(503);
            assertThat(like.body()).contains("/problems/log-unavailable");
            await().atMost(TIMEOUT)
                    .until(() -> producer.post(LikeBodies.like("alice", "bob")).statusCode() == 202);
            assertThat(producer.isReady()).isTrue();
            assertThat(producer.metric("heartline_producer_in_flight", "")).isZero();
        }
    }

    @Test
    void producerThreadEnds_isNotReady_beforeTheNextTopicCheck() throws Exception {
        try (RunningProducer producer = producer("1h")) {
            IS_ERROR_DUE.set(true);

            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(503);

            assertThat(producer.isReady()).isFalse();
            assertThat(producer.get("/actuator/health/readiness").body())
                    .contains("the thread of Kafka's producer has ended");
        }
    }
}
