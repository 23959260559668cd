package io.heartline.reports.live;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikesLog;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.progress.Progress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads the records since the last run, and folds them into loaded states. All states of a partition share one scan. Blocks. */
final class CatchUp {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);

    /** The tail reads the records that are logged during the scan. If they are more than these, the scan continues first. */
    private static final long MAX_SEAM = 10_000;

    private static final int MAX_ROUNDS = 5;

    private final Consumer<byte[], byte[]> consumer;
    private final LikesLog log;
    private final WeekCalendar calendar;
    private final KeyedHash hash;
    private final Map<Integer, Reached> reached = new HashMap<>();

    /**
     * Where the scan of a partition has ended.
     *
     * @param offset the first record that was not read
     * @param leaderEpoch of the last record that was read; null if none is known
     */
    record Reached(long offset, @Nullable Integer leaderEpoch) {}

    /** @param consumer reads committed records; the caller closes it */
    CatchUp(Consumer<byte[], byte[]> consumer, LikesLog log, WeekCalendar calendar, KeyedHash hash) {
        this.consumer = consumer;
        this.log = log;
        this.calendar = calendar;
        this.hash = hash;
    }

    /**
     * Returns how many records a scan has to read.
     *
     * @param progress the partitions to scan
     * @return the number of records by partition
     * @throws LogGapException if a partition ends before the records that are folded already
     */
    Map<Integer, Long> recordsToRead(Collection<Progress> progress) {
        Map<Integer, Long> ends =
                endOffsets(progress.stream().map(Progress::partition).toList());
        Map<Integer, Long> records = new HashMap<>();
        for (Progress current : progress) {
            long count = ends.get(current.partition()) - current.next();
            if (count < 0) {
                throw LogGapException.beyondEnd(current.partition());
            }
            records.put(current.partition(), count);
        }
        return records;
    }

    /**
     * Folds the records since the last run.
     *
     * @param progress the partitions of the states
     * @param states the states, which include all records below {@code progress}
     * @return by partition, where the scan has ended, which is near the end of the log
     * @throws LogGapException if the log no longer has the records after {@code progress}
     * @throws KafkaException if Kafka does not answer in time
     */
    Map<Integer, Reached> run(Collection<Progress> progress, Collection<LiveAuthor> states) {
        Map<String, LiveAuthor> byId = states.stream().collect(Collectors.toMap(LiveAuthor::id, Function.identity()));
        List<Integer> partitions = progress.stream().map(Progress::partition).toList();
        Map<Integer, Long> targets = endOffsets(partitions);
        progress.forEach(current -> {
            reached.put(current.partition(), new Reached(current.next(), current.leaderEpoch()));
            LogSnapshot.seek(consumer, topicPartition(current.partition()), current);
        });
        for (int round = 0; round < MAX_ROUNDS; round++) {
            readTo(targets, byId);
            Map<Integer, Long> later = consumer.endOffsets(topicPartitions(partitions), TIMEOUT).entrySet().stream()
                    .collect(Collectors.toMap(end -> end.getKey().partition(), Map.Entry::getValue));
            boolean isNear =
                    partitions.stream().allMatch(partition -> later.get(partition) - offset(partition) <= MAX_SEAM);
            if (isNear) {
                break;
            }
            targets = later;
        }
        states.forEach(state -> state.advanceTo(offset(state.partition())));
        return reached;
    }

    private Map<Integer, Long> endOffsets(Collection<Integer> partitions) {
        List<TopicPartition> topicPartitions = topicPartitions(partitions);
        consumer.assign(topicPartitions);
        return consumer.endOffsets(topicPartitions, TIMEOUT).entrySet().stream()
                .collect(Collectors.toMap(end -> end.getKey().partition(), Map.Entry::getValue));
    }

    private void readTo(Map<Integer, Long> targets, Map<String, LiveAuthor> states) {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (targets.entrySet().stream().anyMatch(target -> offset(target.getKey()) < target.getValue())) {
            ConsumerRecords<byte[], byte[]> records = poll();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                fold(record, states);
            }
            if (!records.nextOffsets().isEmpty()) {
                deadline = System.nanoTime() + TIMEOUT.toNanos();
            } else if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("Kafka has delivered no records for " + TIMEOUT);
            }
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL_TIMEOUT);
            records.nextOffsets()
                    .forEach((partition, next) -> reached.put(
                            partition.partition(),
                            new Reached(
                                    next.offset(),
                                    next.leaderEpoch().orElse(reached.get(partition.partition()).leaderEpoch))));
            return records;
        } catch (OffsetOutOfRangeException e) {
            throw LogGapException.outOfRange(e);
        }
    }

    private void fold(ConsumerRecord<byte[], byte[]> record, Map<String, LiveAuthor> states) {
        LiveAuthor state = record.key() == null ? null : states.get(new String(record.key(), StandardCharsets.UTF_8));
        if (state != null) {
            LikeEvent event = LiveTail.read(log, record);
            if (event != null) {
                state.fold(event, record.offset(), calendar, hash);
            }
        }
    }

    private long offset(int partition) {
        return reached.get(partition).offset;
    }

    private List<TopicPartition> topicPartitions(Collection<Integer> partitions) {
        return partitions.stream().map(this::topicPartition).toList();
    }

    private TopicPartition topicPartition(int partition) {
        return new TopicPartition(log.topic(), partition);
    }
}
