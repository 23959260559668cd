package io.heartline.producer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TrackedProducerTest {

    /** Contexts of one JVM name their clients alike. */
    private static KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        "127.0.0.1:1",
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "same-name"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Test
    void olderProducersOfTheSameName_doNotHideThatThisOneHasEnded() {
        try (KafkaProducer<byte[], byte[]> first = producer();
                KafkaProducer<byte[], byte[]> second = producer();
                KafkaProducer<byte[], byte[]> third = producer()) {
            TrackedProducer tracked = new TrackedProducer(third);
            assertThat(tracked.isAlive()).isTrue();

            third.close(Duration.ZERO);

            assertThat(tracked.isAlive()).isFalse();
            assertThat(new TrackedProducer(second).isAlive()).isTrue();
            assertThat(first.metrics()).isNotEmpty();
        }
    }

    @Test
    void producerOfAnotherContext_createdMeanwhile_doesNotHideThatThisOneLives() {
        ThreadGroup otherContext = new ThreadGroup("other context");
        try (KafkaProducer<byte[], byte[]> own = producer()) {
            KafkaProducer<byte[], byte[]> other = CompletableFuture.supplyAsync(
                            TrackedProducerTest::producer, task -> new Thread(otherContext, task).start())
                    .join();
            TrackedProducer tracked = new TrackedProducer(own);

            other.close(Duration.ZERO);
            assertThat(tracked.isAlive()).isTrue();

            own.close(Duration.ZERO);
            assertThat(tracked.isAlive()).isFalse();
        }
    }
}
