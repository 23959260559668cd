package io.heartline.gateway.kafka;

import io.heartline.events.LikesLog;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;

/**
 * Kafka's clients of all tails.
 *
 * @param describe describes the topic without blocking; fails with a {@link KafkaException}
 * @param consumers creates the consumer of the tail with a number
 * @param probes creates a consumer that searches for undecodable records
 */
record TailClients(
        Supplier<CompletionStage<LikesLog>> describe,
        IntFunction<Consumer<byte[], byte[]>> consumers,
        Supplier<Consumer<byte[], byte[]>> probes) {

    /** Describes the topic without blocking. */
    CompletableFuture<LikesLog> describeTopic() {
        return describe.get().toCompletableFuture();
    }

    /**
     * Waits for a description of the topic.
     *
     * @throws KafkaException if Kafka does not describe it
     */
    static LikesLog get(CompletableFuture<LikesLog> description) throws InterruptedException {
        try {
            return description.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
