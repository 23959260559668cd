package io.heartline.reports.live;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikesLog;
import io.heartline.events.NotALikeEventException;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.progress.Progress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the records since the last run, and folds them into loaded states. All states of a partition share one scan. Blocks. */
final class CatchUp {

    private static final Logger logger = LoggerFactory.getLogger(CatchUp.class);

    /** The maximum time without records. */
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);

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

    /** Returns the event of a record; null if the record has none that reports count. Runs count such records and write dead letters. */
    static @Nullable LikeEvent read(LikesLog log, ConsumerRecord<byte[], byte[]> record) {
        try {
            return log.read(record);
        } catch (NotALikeEventException e) {
            return null;
        }
    }

    /**
     * Folds the records since the last run.
     *
     * @param progress the partitions of the states
     * @param ends the last stable offsets of these partitions
     * @param states the states, which include all records below {@code progress}
     * @return by partition, where the scan has ended, which is near the end of the log. Partitions are missing if Kafka does not deliver
     *     their records
     */
    Map<Integer, Reached> run(Collection<Progress> progress, Map<Integer, Long> ends, Collection<LiveAuthor> states) {
        Map<String, LiveAuthor> byId = states.stream().collect(Collectors.toMap(LiveAuthor::id, Function.identity()));
        consumer.assign(progress.stream()
                .map(current -> topicPartition(current.partition()))
                .toList());
        progress.forEach(current -> {
            reached.put(current.partition(), new Reached(current.next(), current.leaderEpoch()));
            LogSnapshot.seek(consumer, topicPartition(current.partition()), current);
        });
        Map<Integer, Long> targets = ends;
        for (int round = 0; round < MAX_ROUNDS && !isNear(targets, round == 0 ? 0 : MAX_SEAM); round++) {
            readTo(targets, byId);
            targets = laterEnds();
        }
        states.stream()
                .filter(state -> reached.containsKey(state.partition()))
                .forEach(state -> state.advanceTo(offset(state.partition())));
        return reached;
    }

    private boolean isNear(Map<Integer, Long> targets, long maxDistance) {
        return reached.keySet().stream()
                .allMatch(partition -> targets.get(partition) - offset(partition) <= maxDistance);
    }

    private Map<Integer, Long> laterEnds() {
        return consumer.endOffsets(consumer.assignment(), STALL_TIMEOUT).entrySet().stream()
                .collect(Collectors.toMap(end -> end.getKey().partition(), Map.Entry::getValue));
    }

    private void readTo(Map<Integer, Long> targets, Map<String, LiveAuthor> states) {
        long deadline = System.nanoTime() + STALL_TIMEOUT.toNanos();
        while (!isNear(targets, 0)) {
            ConsumerRecords<byte[], byte[]> records = poll();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                fold(record, states);
            }
            if (!records.nextOffsets().isEmpty()) {
                deadline = System.nanoTime() + STALL_TIMEOUT.toNanos();
            } else if (System.nanoTime() - deadline > 0) {
                Set<Integer> stalled = reached.keySet().stream()
                        .filter(partition -> offset(partition) < targets.get(partition))
                        .collect(Collectors.toSet());
                logger.warn("Kafka delivers no records of partitions {} of {} to live reports", stalled, log.topic());
                drop(stalled);
            }
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL_TIMEOUT);
            records.nextOffsets()
                    .forEach((partition, next) -> reached.computeIfPresent(
                            partition.partition(),
                            (number, before) -> new Reached(
                                    next.offset(), next.leaderEpoch().orElse(before.leaderEpoch))));
            return records;
        } catch (OffsetOutOfRangeException e) {
            logger.warn("the log does not continue the stored reports: {}", e.getMessage());
            drop(e.offsetOutOfRangePartitions().keySet().stream()
                    .map(TopicPartition::partition)
                    .collect(Collectors.toSet()));
            return ConsumerRecords.empty();
        }
    }

    private void drop(Set<Integer> partitions) {
        reached.keySet().removeAll(partitions);
        consumer.assign(reached.keySet().stream().map(this::topicPartition).toList());
    }

    private void fold(ConsumerRecord<byte[], byte[]> record, Map<String, LiveAuthor> states) {
        LiveAuthor state = record.key() == null ? null : states.get(new String(record.key(), StandardCharsets.UTF_8));
        if (state != null) {
            LikeEvent event = read(log, record);
            if (event != null) {
                state.fold(event, record.offset(), calendar, hash);
            }
        }
    }

    private long offset(int partition) {
        return reached.get(partition).offset;
    }

    private TopicPartition topicPartition(int partition) {
        return new TopicPartition(log.topic(), partition);
    }
}
