package io.heartline.reports.progress;

import static io.heartline.reports.mongo.BlockingMongo.await;
import static java.util.stream.Collectors.toSet;

import io.heartline.events.LikesLog;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.PartitionBounds;
import io.heartline.reports.progress.Progress.Unstable;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of all reachable partitions of the log and their progress, taken at one time.
 *
 * @param takenAt just before Kafka was asked for the bounds; records that are logged later may be missing
 * @param bounds by partition, without unreachable ones
 * @param progress by partition, without partitions that were never folded
 */
public record LogSnapshot(
        LikesLog log, Instant takenAt, Map<Integer, PartitionBounds> bounds, Map<Integer, Progress> progress) {

    /**
     * Asks Kafka for the bounds and then MongoDB for progress. Asks Kafka again for partitions that are folded beyond their end. Blocks
     * the calling thread until both have answered.
     *
     * @param admin asks Kafka for leaders and high watermarks; the caller closes it
     * @param consumer reads committed records only; its assignment is changed
     * @param log the log whose partitions are asked for
     * @param progress is read after Kafka has answered
     * @param clock gives {@code takenAt}
     * @return the snapshot, without unreachable partitions in {@code bounds}
     * @throws org.apache.kafka.common.KafkaException if no leader has answered
     */
    public static LogSnapshot take(
            Admin admin, Consumer<?, ?> consumer, LikesLog log, ProgressStore progress, InstantSource clock) {
        Instant takenAt = clock.instant();
        Map<Integer, PartitionBounds> bounds = new HashMap<>(PartitionBounds.fetch(admin, consumer, log));
        Map<Integer, Progress> folded = await(progress.all());
        Set<Integer> ahead = folded.values().stream()
                .filter(current -> current.epoch().equals(log.epoch()))
                .map(Progress::partition)
                .filter(partition -> bounds.containsKey(partition)
                        && folded.get(partition).next() > bounds.get(partition).end())
                .collect(toSet());
        if (!ahead.isEmpty()) {
            // another instance may have folded later records meanwhile; an end that is asked for now shows whether the
            // log was cut
            Map<Integer, PartitionBounds> later = PartitionBounds.fetch(admin, consumer, log);
            bounds.keySet().removeAll(ahead);
            ahead.stream().filter(later::containsKey).forEach(partition -> bounds.put(partition, later.get(partition)));
        }
        return new LogSnapshot(log, takenAt, bounds, folded);
    }

    /**
     * {@return all partitions of the log, in ascending order}
     *
     * @param log gives the topic and the number of partitions
     */
    public static List<TopicPartition> partitions(LikesLog log) {
        return IntStream.range(0, log.partitions())
                .mapToObj(partition -> new TopicPartition(log.topic(), partition))
                .toList();
    }

    /** {@return the partitions whose leader has not answered, in ascending order; empty if all have answered} */
    public List<Integer> unreachable() {
        return IntStream.range(0, log.partitions())
                .filter(partition -> !isReachable(partition))
                .boxed()
                .toList();
    }

    /**
     * {@return whether the leader of the partition has answered}
     *
     * @param partition the partition's number, from 0
     */
    public boolean isReachable(int partition) {
        return bounds.containsKey(partition);
    }

    /**
     * Makes sure that each reachable partition has progress, and that the log has the next record to fold.
     *
     * @param consumer reads committed records only; its assignment and positions are changed
     * @param store receives the progress of partitions that have none
     * @param reports are checked for being empty if a partition has no progress and the log has lost its first records
     * @return this snapshot with the progress that was created
     * @throws LogGapException if progress and the log do not meet; nothing was changed then
     */
    public LogSnapshot initializeProgress(Consumer<?, ?> consumer, ProgressStore store, ReportStore reports) {
        progress.values().forEach(this::requireNoGap);
        requireNoMissingProgress(reports);
        requireSameLeaderEpochs(consumer);
        Map<Integer, Progress> initialized = new HashMap<>(progress);
        for (int partition = 0; partition < log.partitions(); partition++) {
            if (!initialized.containsKey(partition) && isReachable(partition)) {
                Progress first = Progress.initial(partition, log.epoch(), log.partitions(), start(partition));
                initialized.put(partition, await(store.insertIfAbsent(first)) ? first : await(store.find(partition)));
            }
        }
        return new LogSnapshot(log, takenAt, bounds, initialized);
    }

    long start(int partition) {
        return bounds.get(partition).start();
    }

    /**
     * {@return the last stable offset of a reachable partition, exclusive}
     *
     * @param partition must be reachable
     */
    public long end(int partition) {
        return bounds.get(partition).end();
    }

    /**
     * {@return whether the partition is reachable and has records to fold}
     *
     * @param partition the partition's number, from 0; if it is reachable, it must have progress
     */
    public boolean isLagging(int partition) {
        return isReachable(partition) && progress.get(partition).next() < end(partition);
    }

    /**
     * {@return the number of records of reachable partitions that are not folded, including records that an open transaction
     * holds back} Each reachable partition must have progress.
     */
    public long lag() {
        return bounds.entrySet().stream()
                .mapToLong(current ->
                        Math.max(current.getValue().end(), current.getValue().highWatermark())
                                - progress.get(current.getKey()).next())
                .sum();
    }

    /** {@return the number of records of reachable partitions that no run can fold before a transaction ends} */
    public long unstable() {
        return bounds.values().stream()
                .mapToLong(PartitionBounds::unstableRecords)
                .sum();
    }

    /**
     * {@return whether there are records to fold, or partitions whose leader has not answered} Each reachable partition must
     * have progress.
     */
    public boolean hasWork() {
        return !unreachable().isEmpty() || IntStream.range(0, log.partitions()).anyMatch(this::isLagging);
    }

    /**
     * {@return whether no record was folded and no offset was reset since the snapshot}
     *
     * @param now the stored progress, by partition, read after this snapshot
     */
    public boolean isCurrent(Map<Integer, Progress> now) {
        return now.keySet().equals(progress.keySet())
                && now.values().stream().allMatch(current -> {
                    Progress seen = progress.get(current.partition());
                    return seen.next() == current.next() && seen.hasSameOffsets(current);
                });
    }

    /**
     * {@return whether everything that was logged in a partition before {@link #takenAt} is folded}
     *
     * @param current the progress of the partition, which this snapshot contains
     */
    public boolean isFullyFolded(Progress current) {
        return isReachable(current.partition())
                && !isLagging(current.partition())
                && bounds.get(current.partition()).isStable();
    }

    /**
     * {@return what an open transaction holds back, if the partition is folded up to it; null otherwise}
     *
     * @param current the progress of the partition, which this snapshot contains
     */
    @Nullable
    public Unstable unstable(Progress current) {
        PartitionBounds of = bounds.get(current.partition());
        return of == null || isLagging(current.partition()) || of.isStable()
                ? null
                : new Unstable(of.highWatermark(), takenAt);
    }

    /** {@return the lowest {@code asOf} of all partitions; null while a partition was never folded to its end} */
    public Instant publishedAsOf() {
        return Progress.asOf(progress, log.partitions());
    }

    /**
     * Returns whether the same topic was folded while it had another number of partitions. The epoch is computed from the topic's id
     * and that number. So progress does not contain the id, and progress of older releases suffices.
     */
    boolean hasOtherPartitionCount(Progress current) {
        LikesLog earlierLog = new LikesLog(log.topic(), log.id(), current.partitions());
        return current.partitions() != log.partitions() && current.epoch().equals(earlierLog.epoch());
    }

    private void requireNoGap(Progress current) {
        if (hasOtherPartitionCount(current)) {
            throw new LogGapException("the topic was given more partitions: " + current.partitions() + " before, "
                    + log.partitions() + " now. Its authors are in other partitions than before");
        }
        if (!current.epoch().equals(log.epoch())) {
            throw new LogGapException("progress of partition " + current.partition() + " belongs to another log: epoch "
                    + current.epoch() + ", and the topic's is " + log.epoch());
        }
        if (!isReachable(current.partition())) {
            return;
        }
        long start = start(current.partition());
        if (current.next() < start) {
            throw new LogGapException("offsets " + current.next() + " to " + (start - 1) + " of partition "
                    + current.partition() + " have left the log before they were folded");
        }
        if (current.next() > end(current.partition())) {
            throw new LogGapException("partition " + current.partition() + " is folded up to offset " + current.next()
                    + ", but the log ends at " + end(current.partition()));
        }
    }

    /** A log that still begins at offset 0 is pulled again, and the reports skip the events that they contain. */
    private void requireNoMissingProgress(ReportStore reports) {
        for (int partition = 0; partition < log.partitions(); partition++) {
            if (!progress.containsKey(partition)
                    && isReachable(partition)
                    && start(partition) > 0
                    && !await(reports.isEmpty())) {
                throw new LogGapException("there are reports, but no progress of partition " + partition
                        + ", and the log has lost its offsets below " + start(partition)
                        + ": it is unknown whether they were folded");
            }
        }
    }

    /** A log that was truncated and rewritten has other records at the same offsets. Kafka detects it by the leader epochs. */
    private void requireSameLeaderEpochs(Consumer<?, ?> consumer) {
        List<Progress> withLeaderEpoch = progress.values().stream()
                .filter(current -> current.leaderEpoch() != null && isReachable(current.partition()))
                .toList();
        consumer.assign(withLeaderEpoch.stream().map(this::topicPartition).toList());
        // seeks all partitions before it asks for one position, so that one request to Kafka serves all
        withLeaderEpoch.forEach(current -> seek(consumer, topicPartition(current), current));
        try {
            withLeaderEpoch.forEach(current -> consumer.position(topicPartition(current)));
        } catch (OffsetOutOfRangeException e) {
            throw LogGapException.outOfRange(e);
        }
    }

    private TopicPartition topicPartition(Progress current) {
        return new TopicPartition(log.topic(), current.partition());
    }

    /**
     * Lets the consumer continue at the next offset to fold.
     *
     * @param consumer reads the records that are folded
     * @param partition must be assigned to the consumer
     * @param current gives the next offset, and the leader epoch by which Kafka detects a log that was rewritten
     */
    public static void seek(Consumer<?, ?> consumer, TopicPartition partition, Progress current) {
        consumer.seek(partition, new OffsetAndMetadata(current.next(), Optional.ofNullable(current.leaderEpoch()), ""));
    }
}
