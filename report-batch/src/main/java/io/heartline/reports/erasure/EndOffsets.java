package io.heartline.reports.erasure;

import io.heartline.events.LikesLog;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.LeaderNotAvailableException;

/** Asks Kafka for the end of an author's partition, and whether it still has erased likes. */
public final class EndOffsets {

    private final Admin admin;
    private final Supplier<LikesLog> describeLog;

    /**
     * The end of a partition.
     *
     * @param offset exclusive: every record that was acknowledged before Kafka was asked is below it
     */
    record EndOffset(String epoch, int partition, long offset) {}

    /**
     * Creates a lookup with a client that the caller closes.
     *
     * @param admin asks for leaders and offsets
     * @param describeLog asks Kafka which log the topic is
     */
    public EndOffsets(Admin admin, Supplier<LikesLog> describeLog) {
        this.admin = admin;
        this.describeLog = describeLog;
    }

    /**
     * Returns the end of the author's partition. Records of open transactions are below it, because an admin client reads
     * uncommitted.
     *
     * @throws KafkaException if Kafka does not answer, or the topic is created anew meanwhile
     */
    EndOffset ofAuthor(String authorId) {
        LikesLog log = describeLog.get();
        int partition = log.partitionOf(authorId);
        long offset = offset(log, partition, OffsetSpec.latest());
        if (!describeLog.get().equals(log)) {
            throw new KafkaException(log.topic() + " has become another log meanwhile");
        }
        return new EndOffset(log.epoch(), partition, offset);
    }

    /** Returns whether the log no longer has any record below this end. */
    boolean isExpired(EndOffset end) {
        LikesLog log = describeLog.get();
        return !log.epoch().equals(end.epoch()) || offset(log, end.partition(), OffsetSpec.earliest()) >= end.offset();
    }

    private long offset(LikesLog log, int partition, OffsetSpec spec) {
        TopicPartition topicPartition = new TopicPartition(log.topic(), partition);
        requireLeader(topicPartition);
        return await(admin.listOffsets(Map.of(topicPartition, spec)).partitionResult(topicPartition), topicPartition)
                .offset();
    }

    /** The admin client waits a minute for a missing leader and asks for it thousands of times a second. */
    private void requireLeader(TopicPartition topicPartition) {
        TopicDescription topic = await(
                admin.describeTopics(List.of(topicPartition.topic()))
                        .topicNameValues()
                        .get(topicPartition.topic()),
                topicPartition);
        boolean hasLeader = topic.partitions().stream()
                .anyMatch(
                        partition -> partition.partition() == topicPartition.partition() && partition.leader() != null);
        if (!hasLeader) {
            throw new LeaderNotAvailableException(topicPartition + " has no leader");
        }
    }

    private static <T> T await(KafkaFuture<T> future, TopicPartition topicPartition) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause
                    ? cause
                    : new KafkaException("no offset of " + topicPartition, e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
