package io.heartline.reports.run;

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

/** Asks Kafka where an author's partition begins and ends. */
final class LogEnds {

    private final Admin admin;
    private final Supplier<LikesLog> describe;

    /**
     * The end of a partition.
     *
     * @param offset exclusive: every record that was acknowledged before Kafka was asked is below it
     */
    record End(String epoch, int partition, long offset) {}

    /** @param describe asks Kafka which log the topic is */
    LogEnds(Admin admin, Supplier<LikesLog> describe) {
        this.admin = admin;
        this.describe = describe;
    }

    /**
     * Returns the end of the author's partition. Records of open transactions are below it, because an admin client reads
     * uncommitted.
     *
     * @throws KafkaException if Kafka does not answer, or the topic is created anew meanwhile
     */
    End end(String authorId) {
        LikesLog log = describe.get();
        int partition = log.partitionOf(authorId);
        long offset = offset(log, partition, OffsetSpec.latest());
        if (!describe.get().equals(log)) {
            throw new KafkaException(log.topic() + " has become another log meanwhile");
        }
        return new End(log.epoch(), partition, offset);
    }

    /** Returns whether the log has lost every like that the erasure covers. */
    boolean hasLost(Erasure erasure) {
        LikesLog log = describe.get();
        return !log.epoch().equals(erasure.epoch())
                || offset(log, erasure.partition(), OffsetSpec.earliest()) >= erasure.through();
    }

    private long offset(LikesLog log, int partition, OffsetSpec which) {
        TopicPartition of = new TopicPartition(log.topic(), partition);
        requireLeader(of);
        return await(admin.listOffsets(Map.of(of, which)).partitionResult(of), of)
                .offset();
    }

    /** The admin client waits a minute for a missing leader and asks for it thousands of times a second. */
    private void requireLeader(TopicPartition of) {
        TopicDescription topic = await(
                admin.describeTopics(List.of(of.topic())).topicNameValues().get(of.topic()), of);
        boolean hasLeader = topic.partitions().stream()
                .anyMatch(partition -> partition.partition() == of.partition() && partition.leader() != null);
        if (!hasLeader) {
            throw new LeaderNotAvailableException(of + " has no leader");
        }
    }

    private static <T> T await(KafkaFuture<T> asked, TopicPartition of) {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause
                    ? cause
                    : new KafkaException("no offset of " + of, e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
