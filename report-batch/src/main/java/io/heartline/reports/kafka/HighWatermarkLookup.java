package io.heartline.reports.kafka;

import io.heartline.events.LikesLog;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Kafka for high watermarks, while HTTP clients wait. Keeps one admin client from the first lookup on. After a lookup without
 * an answer, it is replaced, because its thread may have ended or the brokers may have other addresses.
 */
public final class HighWatermarkLookup implements AutoCloseable {

    private final Supplier<Admin> adminFactory;
    private final String topic;
    private final Duration timeout;
    private @Nullable Admin client; // guarded by this
    private boolean isClosed; // guarded by this

    /**
     * An answer of Kafka.
     *
     * @param epoch of the log that the topic is
     * @param endOffsets by partition, exclusive: every record that was acknowledged before the lookup has a lower offset. Partitions
     *     that the topic does not have, without a leader, or whose leader did not answer are missing
     */
    public record Snapshot(String epoch, Map<Integer, Long> endOffsets) {}

    /**
     * Creates a lookup, which any number of threads may use.
     *
     * @param adminFactory creates a client for the first lookup, and after a lookup without an answer
     * @param topic the topic of likes
     * @param timeout of one lookup; longer than a client's own timeouts, which do not work after an Error has ended its
     *     thread
     */
    public HighWatermarkLookup(Supplier<Admin> adminFactory, String topic, Duration timeout) {
        this.adminFactory = adminFactory;
        this.topic = topic;
        this.timeout = timeout;
    }

    /**
     * Asks the leaders of some partitions, and blocks until the timeout at most.
     *
     * @param partitions the numbers of the partitions, from 0
     * @return the answer, which contains only partitions whose leader answered
     * @throws KafkaException if Kafka does not answer, if the topic is created anew meanwhile, or after {@link #close}
     */
    public Snapshot fetch(Set<Integer> partitions) {
        Admin admin = openAdmin();
        try {
            return new Lookup(admin, System.nanoTime() + timeout.toNanos()).run(partitions);
        } catch (RuntimeException | Error e) {
            discard(admin);
            throw e;
        }
    }

    private synchronized Admin openAdmin() {
        if (isClosed) {
            throw new KafkaException("this instance is stopping");
        }
        if (client == null) {
            client = adminFactory.get();
        }
        return client;
    }

    private void discard(Admin admin) {
        synchronized (this) {
            if (client == admin) {
                client = null;
            }
        }
        KafkaClients.closeImmediately(admin);
    }

    @Override
    public void close() {
        Admin last;
        synchronized (this) {
            isClosed = true;
            last = client;
            client = null;
        }
        if (last != null) {
            KafkaClients.closeImmediately(last);
        }
    }

    /** One lookup and its deadline. */
    private final class Lookup {

        private final Admin admin;
        private final long deadline;

        Lookup(Admin admin, long deadline) {
            this.admin = admin;
            this.deadline = deadline;
        }

        Snapshot run(Set<Integer> partitions) {
            TopicDescription description = describe();
            LikesLog log = LikesLog.of(description);
            Map<TopicPartition, OffsetSpec> requested = description.partitions().stream()
                    // for a partition without leader the admin client would ask Kafka thousands of times a second
                    .filter(partition -> partition.leader() != null && partitions.contains(partition.partition()))
                    .collect(Collectors.toMap(
                            partition -> new TopicPartition(topic, partition.partition()),
                            partition -> OffsetSpec.latest()));
            Map<Integer, Long> endOffsets = fetchEndOffsets(requested);
            if (!LikesLog.of(describe()).equals(log)) {
                throw new KafkaException(topic + " has become another log meanwhile");
            }
            return new Snapshot(log.epoch(), endOffsets);
        }

        private TopicDescription describe() {
            return await(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
        }

        private Map<Integer, Long> fetchEndOffsets(Map<TopicPartition, OffsetSpec> requested) {
            // records that transactions hold back are acknowledged, too
            ListOffsetsResult response =
                    admin.listOffsets(requested, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED));
            Map<Integer, Long> endOffsets = new HashMap<>();
            ApiException last = null;
            for (TopicPartition partition : requested.keySet()) {
                try {
                    endOffsets.put(
                            partition.partition(),
                            await(response.partitionResult(partition)).offset());
                } catch (ApiException e) {
                    last = e;
                }
            }
            if (endOffsets.isEmpty() && last != null) {
                throw last;
            }
            return endOffsets;
        }

        private <T> T await(Future<T> requested) {
            try {
                return requested.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
            } catch (java.util.concurrent.TimeoutException e) {
                throw new TimeoutException("no answer within " + timeout.toMillis() + " ms");
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }
}
