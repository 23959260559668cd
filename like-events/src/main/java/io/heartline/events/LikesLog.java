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
 * The log of a topic from its creation with a fixed partition count. If the topic is deleted and created again, or gets more
 * partitions, it is another log with other positions.
 *
 * @param topic the topic's name
 * @param id the id that Kafka gave the topic when it was created
 * @param partitions the partition count, which is fixed for this log
 */
public record LikesLog(String topic, Uuid id, int partitions) {

    private static final Duration CREATION_TIMEOUT = Duration.ofSeconds(30);
    private static final Executor POLL_DELAY = CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS);

    /**
     * Reads a record of this log.
     *
     * @param record the record
     * @return the event
     * @throws NotALikeEventException as {@link LikeEventJson#decode(byte[], byte[])} does. Also thrown if the record is in another
     *     partition than its author's, because it then has no place in the author's order
     */
    public LikeEvent read(ConsumerRecord<byte[], byte[]> record) throws NotALikeEventException {
        LikeEvent event = LikeEventJson.decode(record.key(), record.value());
        if (partitionOf(record.key()) != record.partition()) { // the key is the author's id
            throw new NotALikeEventException(Reason.MISPLACED, "it stands in another partition than its author's");
        }
        return event;
    }

    /**
     * Requests the description of a topic from Kafka.
     *
     * @param admin the client of Kafka, on whose thread the result completes
     * @param topic the topic's name
     * @return the log; fails with Kafka's own exception, such as {@code UnknownTopicOrPartitionException}, and with
     *     {@code UnsupportedVersionException} if the brokers give topics no id
     */
    public static CompletionStage<LikesLog> describe(Admin admin, String topic) {
        return admin.describeTopics(List.of(topic))
                .topicNameValues()
                .get(topic)
                .toCompletionStage()
                .thenApply(LikesLog::of);
    }

    /**
     * Returns the log that Kafka has described. Without an id, a topic that is created again could not be distinguished from the old
     * one.
     *
     * @param found Kafka's description of the topic
     * @return the log
     * @throws UnsupportedVersionException if the brokers give topics no id
     */
    public static LikesLog of(TopicDescription found) {
        if (found.topicId().equals(Uuid.ZERO_UUID)) {
            throw new UnsupportedVersionException("the brokers report no id for the topic " + found.name()
                    + ", which takes Kafka 2.8 or a broker that implements KIP-516");
        }
        return new LikesLog(found.name(), found.topicId(), found.partitions().size());
    }

    /**
     * Creates the topic and completes once the leader of every partition answers. If a producer appends earlier, Kafka can refuse its
     * first batch and accept the second. An idempotent producer then recovers only by its timeout.
     *
     * @param admin the client of Kafka, on whose thread the result completes
     * @param topic the topic to create
     * @return the log; fails with {@code TopicExistsException} if another client has created the topic
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
     * Waits until the broker describes the topic. The controller creates a topic before every broker has received its metadata. Until then
     * a broker reports an unknown topic, or a deleted topic of the same name.
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

    /** Waits for the leader of each partition. Kafka's client retries while a broker does not act as a leader yet. */
    private CompletionStage<LikesLog> awaitLeaders(Admin admin) {
        Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        return admin.listOffsets(ends).all().toCompletionStage().thenApply(offsets -> this);
    }

    /**
     * Returns the name of this log in positions: 40 bits of SHA-256 over the topic's id and its partition count.
     *
     * @return eight characters of 0-9 a-z
     */
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

    /**
     * Returns the partition of all events of an author. Its calculation, Kafka's default for keyed records, is part of the contract.
     *
     * @param authorId the id of the author
     * @return 0 to {@link #partitions()}, exclusive
     */
    public int partitionOf(String authorId) {
        return partitionOf(authorId, partitions);
    }

    /**
     * Returns the partition of all records with a key.
     *
     * @param key the key: an author's id in UTF-8
     * @return 0 to {@link #partitions()}, exclusive
     */
    public int partitionOf(byte[] key) {
        return partitionOf(key, partitions);
    }

    /**
     * Returns the partition of all events of an author, for a caller that knows only the partition count.
     *
     * @param authorId the id of the author
     * @param partitions the partition count, at least 1
     * @return 0 to {@code partitions}, exclusive
     */
    public static int partitionOf(String authorId, int partitions) {
        return partitionOf(authorId.getBytes(StandardCharsets.UTF_8), partitions);
    }

    private static int partitionOf(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
}
