package io.heartline.gateway.kafka;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;

/** A log of two partitions in memory. Some offsets cannot be decoded, and its consumers then fail like Kafka's. */
final class FakeDamagedLog {

    final LikesLog log = new LikesLog("likes", Uuid.randomUuid(), 2);
    final AtomicInteger polls = new AtomicInteger();
    final AtomicInteger timeouts = new AtomicInteger();
    volatile Duration longestTimeout = Duration.ZERO;
    volatile KafkaException failure;
    /** The partition without a leader, whose offsets cannot be looked up; null if there is none. */
    volatile TopicPartition leaderless;
    /** Whether polls throw an error that Kafka's client does not wrap. The records that it has decoded before are then lost. */
    volatile boolean throwsErrors;

    private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new ConcurrentHashMap<>();
    private final Map<TopicPartition, TreeMap<Long, Long>> damaged = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> begins = new ConcurrentHashMap<>();

    TopicPartition partition(int number) {
        return new TopicPartition("likes", number);
    }

    List<TopicPartition> partitions() {
        return List.of(partition(0), partition(1));
    }

    /** Returns an author of a partition. */
    String author(int partition) {
        for (int i = 0; ; i++) {
            if (log.partitionOf("author-" + i) == partition) {
                return "author-" + i;
            }
        }
    }

    synchronized void append(int partition, int count) {
        String author = author(partition);
        List<ConsumerRecord<byte[], byte[]>> here = records(partition(partition));
        for (int i = 0; i < count; i++) {
            here.add(new ConsumerRecord<>(
                    "likes",
                    partition,
                    here.size(),
                    author.getBytes(StandardCharsets.UTF_8),
                    LikeEventJson.encode(new Liked("e-" + here.size(), "p-1", author, "bob", Instant.EPOCH))));
        }
    }

    /**
     * Makes offsets undecodable.
     *
     * @param from the first damaged offset
     * @param next the first offset after the damage
     */
    synchronized void damage(int partition, long from, long next) {
        damaged.computeIfAbsent(partition(partition), key -> new TreeMap<>()).put(from, next);
    }

    synchronized void repair(int partition) {
        damaged.remove(partition(partition));
    }

    synchronized void deleteBefore(int partition, long offset) {
        begins.put(partition(partition), offset);
    }

    synchronized void truncate(int partition, int end) {
        List<ConsumerRecord<byte[], byte[]>> here = records(partition(partition));
        here.subList(end, here.size()).clear();
    }

    private List<ConsumerRecord<byte[], byte[]>> records(TopicPartition partition) {
        return records.computeIfAbsent(partition, key -> new ArrayList<>());
    }

    private synchronized boolean isDamaged(TopicPartition partition, long offset) {
        Map.Entry<Long, Long> nearest =
                damaged.getOrDefault(partition, new TreeMap<>()).floorEntry(offset);
        return nearest != null && offset < nearest.getValue();
    }

    MockConsumer<byte[], byte[]> consumer() {
        return consumer(10);
    }

    /** Returns a consumer whose polls return one record each. */
    MockConsumer<byte[], byte[]> probe() {
        return consumer(1);
    }

    private MockConsumer<byte[], byte[]> consumer(int maxPoll) {
        return new MockConsumer<>(AutoOffsetResetStrategy.NONE.name()) {
            @Override
            public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                ConsumerRecords<byte[], byte[]> nothing = super.poll(Duration.ZERO); // throws after wakeup
                synchronized (FakeDamagedLog.this) {
                    polls.incrementAndGet();
                    if (failure != null) {
                        throw failure;
                    }
                    ConsumerRecords<byte[], byte[]> found = collect(this, maxPoll);
                    return found.nextOffsets().isEmpty() ? nothing : found;
                }
            }

            @Override
            public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
                checkLeader(partitions, Duration.ofMinutes(1));
                Map<TopicPartition, Long> found = new HashMap<>();
                partitions.forEach(partition -> found.put(partition, begins.getOrDefault(partition, 0L)));
                return found;
            }

            @Override
            public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions, Duration timeout) {
                checkLeader(partitions, timeout);
                return beginningOffsets(partitions);
            }

            @Override
            public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
                checkLeader(partitions, Duration.ofMinutes(1));
                Map<TopicPartition, Long> found = new HashMap<>();
                synchronized (FakeDamagedLog.this) {
                    partitions.forEach(partition ->
                            found.put(partition, (long) records(partition).size()));
                }
                return found;
            }

            @Override
            public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration timeout) {
                checkLeader(partitions, timeout);
                return endOffsets(partitions);
            }

            @Override
            public OptionalLong currentLag(TopicPartition partition) {
                synchronized (FakeDamagedLog.this) {
                    return OptionalLong.of(records(partition).size() - position(partition));
                }
            }
        };
    }

    private void checkLeader(Collection<TopicPartition> partitions, Duration timeout) {
        if (leaderless != null && partitions.contains(leaderless)) {
            timeouts.incrementAndGet();
            longestTimeout = timeout.compareTo(longestTimeout) > 0 ? timeout : longestTimeout;
            throw new TimeoutException("no leader within " + timeout);
        }
    }

    /** Returns records before the damage. A consumer without other records fails in each poll. */
    private ConsumerRecords<byte[], byte[]> collect(MockConsumer<byte[], byte[]> kafka, int maxPoll) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> found = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        KafkaException damage = null;
        for (TopicPartition partition : kafka.assignment()) {
            if (partition.equals(leaderless)) {
                continue;
            }
            long position = kafka.position(partition);
            List<ConsumerRecord<byte[], byte[]>> here = records(partition);
            if (position < begins.getOrDefault(partition, 0L) || position > here.size()) {
                damage = new OffsetOutOfRangeException(Map.of(partition, position));
                continue;
            }
            List<ConsumerRecord<byte[], byte[]>> some = new ArrayList<>();
            while (position < here.size() && some.size() < maxPoll && !isDamaged(partition, position)) {
                some.add(here.get((int) position++));
            }
            boolean meetsDamage = some.size() < maxPoll && position < here.size() && isDamaged(partition, position);
            if (throwsErrors && meetsDamage) {
                damage = new KafkaException("on purpose");
            } else if (!some.isEmpty()) {
                kafka.seek(partition, position);
                found.put(partition, some);
                next.put(partition, new OffsetAndMetadata(position));
            } else if (meetsDamage) {
                damage = new KafkaException("Received exception when fetching the next record");
            }
        }
        if (throwsErrors && damage != null) {
            throw new NoClassDefFoundError("on purpose");
        }
        if (found.isEmpty() && damage != null) {
            throw damage;
        }
        return new ConsumerRecords<>(found, next);
    }
}
