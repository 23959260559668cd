package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;

import io.heartline.events.LikesLog;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.run.Progress.Unstable;
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
 * @param seen just before Kafka was asked for the bounds: what is logged later is not promised
 * @param bounds by partition, without unreachable ones
 * @param progress of those partitions that were folded before
 */
record Survey(LikesLog log, Instant seen, Map<Integer, Bounds> bounds, Map<Integer, Progress> progress) {

    static Survey of(Admin admin, Consumer<?, ?> consumer, LikesLog log, ProgressStore progress, InstantSource clock) {
        Instant seen = clock.instant();
        return new Survey(log, seen, Bounds.of(admin, consumer, log), await(progress.all()));
    }

    static List<TopicPartition> partitions(LikesLog log) {
        return IntStream.range(0, log.partitions())
                .mapToObj(partition -> new TopicPartition(log.topic(), partition))
                .toList();
    }

    /** Returns the partitions whose leader has not answered. */
    List<Integer> unreachable() {
        return IntStream.range(0, log.partitions())
                .filter(partition -> !isReachable(partition))
                .boxed()
                .toList();
    }

    boolean isReachable(int partition) {
        return bounds.containsKey(partition);
    }

    /**
     * Makes sure that each reachable partition has progress, and that what comes next is what the log has there.
     *
     * @return this survey with the progress that was begun
     * @throws LogGapException if progress and the log do not meet; nothing was changed then
     */
    Survey begin(Consumer<?, ?> consumer, ProgressStore store, ReportStore reports) {
        progress.values().forEach(this::check);
        checkThatNoneIsMissing(reports);
        checkLeaderEpochs(consumer);
        Map<Integer, Progress> begun = new HashMap<>(progress);
        for (int partition = 0; partition < log.partitions(); partition++) {
            if (!begun.containsKey(partition) && isReachable(partition)) {
                Progress first = Progress.none(partition, log.epoch(), log.partitions(), start(partition));
                begun.put(partition, await(store.begin(first)) ? first : await(store.of(partition)));
            }
        }
        return new Survey(log, seen, bounds, begun);
    }

    long start(int partition) {
        return bounds.get(partition).start();
    }

    long end(int partition) {
        return bounds.get(partition).end();
    }

    boolean isBehind(int partition) {
        return isReachable(partition) && progress.get(partition).next() < end(partition);
    }

    /** Returns the number of records that are not folded, whether they can be folded now or after a transaction. */
    long lag() {
        return bounds.entrySet().stream()
                .mapToLong(at -> Math.max(at.getValue().end(), at.getValue().highWatermark())
                        - progress.get(at.getKey()).next())
                .sum();
    }

    /** Returns the number of records that no run can fold before a transaction ends. */
    long unstable() {
        return bounds.values().stream().mapToLong(Bounds::unstable).sum();
    }

    /** Returns whether everything that was logged before {@link #seen} is folded. */
    boolean isComplete(Progress at) {
        return isReachable(at.partition())
                && !isBehind(at.partition())
                && bounds.get(at.partition()).isStable();
    }

    /** Returns what {@code at} waits for if it has reached an open transaction, and null otherwise. */
    @Nullable
    Unstable unstable(Progress at) {
        Bounds of = bounds.get(at.partition());
        return of == null || isBehind(at.partition()) || of.isStable() ? null : new Unstable(of.highWatermark(), seen);
    }

    /** What readers see before this run; null while some partition was never read to its end. */
    Instant published() {
        return Progress.asOf(progress, log.partitions());
    }

    /**
     * Returns whether progress was made in this very topic while it had another number of partitions. The epoch is computed
     * from the topic's id and that number. So documents need not hold the id, and documents of older releases suffice.
     */
    boolean hasOtherPartitionCount(Progress at) {
        LikesLog then = new LikesLog(log.topic(), log.id(), at.partitions());
        return at.partitions() != log.partitions() && at.epoch().equals(then.epoch());
    }

    private void check(Progress at) {
        if (hasOtherPartitionCount(at)) {
            throw new LogGapException("the topic was given more partitions: " + at.partitions() + " before, "
                    + log.partitions() + " now. Its authors are in other partitions than before");
        }
        if (!at.epoch().equals(log.epoch())) {
            throw new LogGapException("progress of partition " + at.partition() + " belongs to another log: epoch "
                    + at.epoch() + ", and the topic's is " + log.epoch());
        }
        if (!isReachable(at.partition())) {
            return;
        }
        long start = start(at.partition());
        if (at.next() < start) {
            throw new LogGapException("offsets " + at.next() + " to " + (start - 1) + " of partition " + at.partition()
                    + " have left the log before they were folded");
        }
        if (at.next() > end(at.partition())) {
            throw new LogGapException("partition " + at.partition() + " is folded up to offset " + at.next()
                    + ", but the log ends at " + end(at.partition()));
        }
    }

    /** From offset 0 everything is pulled once more, and skipped by the reports that have it. */
    private void checkThatNoneIsMissing(ReportStore reports) {
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
    private void checkLeaderEpochs(Consumer<?, ?> consumer) {
        List<Progress> known = progress.values().stream()
                .filter(at -> at.leaderEpoch() != null && isReachable(at.partition()))
                .toList();
        consumer.assign(known.stream().map(this::partition).toList());
        // all of them are sought before one is asked for, so that Kafka is asked for all at once
        known.forEach(at -> seek(consumer, partition(at), at));
        try {
            known.forEach(at -> consumer.position(partition(at)));
        } catch (OffsetOutOfRangeException e) {
            throw LogGapException.rewritten(e);
        }
    }

    private TopicPartition partition(Progress at) {
        return new TopicPartition(log.topic(), at.partition());
    }

    static void seek(Consumer<?, ?> consumer, TopicPartition partition, Progress at) {
        consumer.seek(partition, new OffsetAndMetadata(at.next(), Optional.ofNullable(at.leaderEpoch()), ""));
    }
}
