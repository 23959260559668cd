package io.heartline.reports.progress;

import static io.heartline.reports.mongo.BlockingMongo.await;

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
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What the log holds and how far it is folded.
 *
 * @param takenAt just before Kafka was asked for the bounds: what is logged later is not promised
 * @param bounds by partition, without unreachable ones
 * @param progress of those partitions that were folded before
 */
public record LogSnapshot(
        LikesLog log, Instant takenAt, Map<Integer, PartitionBounds> bounds, Map<Integer, Progress> progress) {

    public static LogSnapshot take(
            Admin admin, Consumer<?, ?> consumer, LikesLog log, ProgressStore progress, InstantSource clock) {
        Instant takenAt = clock.instant();
        return new LogSnapshot(log, takenAt, PartitionBounds.fetch(admin, consumer, log), await(progress.all()));
    }

    public static List<TopicPartition> partitions(LikesLog log) {
        return IntStream.range(0, log.partitions())
                .mapToObj(partition -> new TopicPartition(log.topic(), partition))
                .toList();
    }

    /** Returns the partitions whose leader has not answered. */
    public List<Integer> unreachable() {
        return IntStream.range(0, log.partitions())
                .filter(partition -> !isReachable(partition))
                .boxed()
                .toList();
    }

    public boolean isReachable(int partition) {
        return bounds.containsKey(partition);
    }

    /**
     * Makes sure that each reachable partition has progress, and that what comes next is what the log has there.
     *
     * @return this survey with the progress that was begun
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

    public long end(int partition) {
        return bounds.get(partition).end();
    }

    public boolean isLagging(int partition) {
        return isReachable(partition) && progress.get(partition).next() < end(partition);
    }

    /** Returns the number of records that are not folded, whether they can be folded now or after a transaction. */
    public long lag() {
        return bounds.entrySet().stream()
                .mapToLong(current ->
                        Math.max(current.getValue().end(), current.getValue().highWatermark())
                                - progress.get(current.getKey()).next())
                .sum();
    }

    /** Returns the number of records that no run can fold before a transaction ends. */
    public long unstable() {
        return bounds.values().stream()
                .mapToLong(PartitionBounds::unstableRecords)
                .sum();
    }

    /** Returns whether there are records to fold, or partitions whose leader has not answered. */
    public boolean hasWork() {
        return !unreachable().isEmpty() || IntStream.range(0, log.partitions()).anyMatch(this::isLagging);
    }

    /** Returns whether no record was folded and no offset was reset since the snapshot. */
    public boolean isCurrent(Map<Integer, Progress> now) {
        return now.keySet().equals(progress.keySet())
                && now.values().stream().allMatch(current -> {
                    Progress seen = progress.get(current.partition());
                    return seen.next() == current.next() && seen.hasSameOffsets(current);
                });
    }

    /** Returns whether everything that was logged before {@link #takenAt} is folded. */
    public boolean isFullyFolded(Progress current) {
        return isReachable(current.partition())
                && !isLagging(current.partition())
                && bounds.get(current.partition()).isStable();
    }

    /** Returns what {@code at} waits for if it has reached an open transaction, and null otherwise. */
    @Nullable
    public Unstable unstable(Progress current) {
        PartitionBounds of = bounds.get(current.partition());
        return of == null || isLagging(current.partition()) || of.isStable()
                ? null
                : new Unstable(of.highWatermark(), takenAt);
    }

    /** What readers see before this run; null while some partition was never read to its end. */
    public Instant publishedAsOf() {
        return Progress.asOf(progress, log.partitions());
    }

    /**
     * Returns whether progress was made in this very topic while it had another number of partitions. The epoch is computed
     * from the topic's id and that number. So documents need not hold the id, and documents of older releases suffice.
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

    /** From offset 0 everything is pulled once more, and skipped by the reports that have it. */
    private void requireNoMissingProgress(ReportStore reports) {
        for (int partition = 0; partition < log.partitions(); partition++) {
            if (!progress.containsKey(partition)
                    && isReachable(partition)
                    && start(partition) > 0
                    && !await(reports.isEmpty())) {
                throw new LogGapException("there are reports, but no progress of partition " + partition
                        + ", and the log has lost its offsets below " + start(partition)
                        + ": nobody knows whether they were folded");
            }
        }
    }

    /** A log that was cut and written anew has the same offsets for other records: Kafka knows by its leaders' epochs. */
    private void requireSameLeaderEpochs(Consumer<?, ?> consumer) {
        List<Progress> withLeaderEpoch = progress.values().stream()
                .filter(current -> current.leaderEpoch() != null && isReachable(current.partition()))
                .toList();
        consumer.assign(withLeaderEpoch.stream().map(this::topicPartition).toList());
        // all of them are sought before one is asked for, so that Kafka is asked for all at once
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

    public static void seek(Consumer<?, ?> consumer, TopicPartition partition, Progress current) {
        consumer.seek(partition, new OffsetAndMetadata(current.next(), Optional.ofNullable(current.leaderEpoch()), ""));
    }
}
