package io.heartline.events;

import io.heartline.events.NotALikeEventException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.utils.Utils;

/**
 * One life of the topic: deleted and created again, or given more partitions, it is another log, whose positions are not
 * this one's.
 *
 * @param partitions fixed for the log's life
 */
public record LikesLog(String topic, Uuid id, int partitions) {

    private static final Duration CREATION_TIMEOUT = Duration.ofSeconds(30);
    private static final Executor POLL_DELAY = CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);

    /**
     * Reads a record of this log.
     *
     * @throws NotALikeEventException as {@link LikeEventJson#decode(byte[], byte[])} does, and if the record stands in another
     *     partition than its author's, whose order and positions it would be no part of
     */
    public LikeEvent read(ConsumerRecord<byte[], byte[]> record) throws NotALikeEventException {
        LikeEvent event = LikeEventJson.decode(record.key(), record.value());
        if (partitionOf(event.authorId()) != record.partition()) {
            throw new NotALikeEventException(Reason.MISPLACED, "it stands in another partition than its author's");
        }
        return event;
    }

    /**
     * Asks Kafka. Fails with Kafka's own exception, such as {@code UnknownTopicOrPartitionException}. Fails with
     * {@code UnsupportedVersionException} if the brokers do not give topics an id.
     */
    public static CompletionStage<LikesLog> describe(Admin admin, String topic) {
        return admin.describeTopics(List.of(topic))
                .topicNameValues()
                .get(topic)
                .toCompletionStage()
                .thenApply(LikesLog::of);
    }

    /**
     * Returns the log that Kafka has described. A topic without an id would be taken for the same log once it is created again, and
     * its positions for old ones.
     *
     * @throws UnsupportedVersionException if the brokers do not give topics an id
     */
    public static LikesLog of(TopicDescription found) {
        if (found.topicId().equals(Uuid.ZERO_UUID)) {
            throw new UnsupportedVersionException("the brokers report no id for the topic " + found.name()
                    + ", which takes Kafka 2.8 or a broker that implements KIP-516");
        }
        return new LikesLog(found.name(), found.topicId(), found.partitions().size());
    }

    /**
     * Creates the topic and completes once the leader of every partition answers. To append to a topic in the moment of its
     * creation is to have a first batch refused and a second one taken, which an idempotent producer gets out of only by its
     * time-out. Fails with {@code TopicExistsException} if somebody else was first.
     */
    public static CompletionStage<LikesLog> create(Admin admin, NewTopic topic) {
        return admin.createTopics(List.of(topic))
                .topicId(topic.name())
                .toCompletionStage()
                .thenCompose(
                        id -> awaitTopic(admin, topic.name(), id, Instant.now().plus(CREATION_TIMEOUT)))
                .thenCompose(created -> created.awaitLeaders(admin));
    }

    /**
     * The controller has created the topic before every broker has heard of it: until then they deny that it exists, or tell
     * of one that had its name before.
     */
    private static CompletionStage<LikesLog> awaitTopic(Admin admin, String topic, Uuid id, Instant deadline) {
        return describe(admin, topic)
                .handle((found, e) -> {
                    Throwable cause = e instanceof CompletionException ? e.getCause() : e;
                    boolean isCreated = found != null && found.id().equals(id);
                    boolean isPending = found != null || cause instanceof UnknownTopicOrPartitionException;
                    if (isCreated || !isPending || Instant.now().isAfter(deadline)) {
                        return isCreated
                                ? CompletableFuture.completedStage(found)
                                : CompletableFuture.<LikesLog>failedStage(
                                        cause == null ? new UnknownTopicOrPartitionException(topic) : cause);
                    }
                    return CompletableFuture.supplyAsync(() -> topic, POLL_DELAY)
                            .thenCompose(name -> awaitTopic(admin, name, id, deadline));
                })
                .thenCompose(Function.identity());
    }

    /** Kafka's client asks again by itself while a partition's leader does not know yet that it is one. */
    private CompletionStage<LikesLog> awaitLeaders(Admin admin) {
        Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        return admin.listOffsets(ends).all().toCompletionStage().thenApply(offsets -> this);
    }

    /** Eight characters of 0-9 a-z: 40 bits of SHA-256 over the topic's id and its partition count. */
    public String epoch() {
        byte[] identity = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .putInt(partitions)
                .array();
        try {
            long hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(identity))
                    .getLong();
            String digits = Long.toString(hash >>> 24, Character.MAX_RADIX);
            return "0".repeat(8 - digits.length()) + digits;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** The partition that holds all events of an author: Kafka's default for keyed records, part of the contract. */
    public int partitionOf(String authorId) {
        return partitionOf(authorId, partitions);
    }

    /** Returns the same for the key of a record. */
    public int partitionOf(byte[] key) {
        return partitionOf(key, partitions);
    }

    /** Returns the same for a caller that only knows the count. */
    public static int partitionOf(String authorId, int partitions) {
        return partitionOf(authorId.getBytes(StandardCharsets.UTF_8), partitions);
    }

    private static int partitionOf(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
