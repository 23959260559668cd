package io.heartline.reports.progress;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.events.LikesLog;
import io.heartline.reports.failure.CommandRefusedException;
import io.heartline.reports.kafka.KafkaClients;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.LeaderNotAvailableException;

/**
 * Lets progress continue where the log is now, after a gap between the two that no retry can close. Figures stay as they are.
 * Records that were lost are not counted. No like is counted twice, unless another log contains the same likes again. The same
 * topic with more partitions does, so it is refused.
 */
public final class OffsetReset {

    private final KafkaClients clients;
    private final ProgressStore store;
    private final InstantSource clock;

    /**
     * Creates a reset, which changes nothing before {@link #reset} is called.
     *
     * @param clients create an admin client and a consumer, which each call closes
     * @param store the progress that is replaced
     * @param clock gives the time at which the other log is accepted
     */
    public OffsetReset(KafkaClients clients, ProgressStore store, InstantSource clock) {
        this.clients = clients;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Resets the offsets of each partition where progress and the log do not meet.
     *
     * @return a line for each partition whose offsets were reset; empty if there was no gap
     * @throws IllegalStateException if a run has advanced progress meanwhile
     * @throws CommandRefusedException if the topic has another number of partitions than before, or if an earlier topic has records
     *     that a run can still fold
     */
    public List<String> reset() {
        Admin admin = clients.admin();
        try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
            LogSnapshot snapshot = LogSnapshot.take(admin, consumer, clients.describeLog(admin), store, clock);
            if (!snapshot.unreachable().isEmpty()) {
                throw new LeaderNotAvailableException("the leaders of partitions " + snapshot.unreachable()
                        + " have not answered, and nothing was changed: try again when they do");
            }
            snapshot.progress().values().stream()
                    .filter(snapshot::hasOtherPartitionCount)
                    .findAny()
                    .ifPresent(current -> refuseOtherPartitionCount(current, snapshot.log()));
            List<String> lines = new ArrayList<>();
            EarlierLog.findAll(admin, snapshot)
                    .forEach(earlier -> lines.addAll(earlier.requireFolded(admin, consumer)));
            for (int partition = 0; partition < snapshot.log().partitions(); partition++) {
                reset(partition, snapshot, consumer, lines);
            }
            for (Progress current : snapshot.progress().values()) {
                if (current.partition() >= snapshot.log().partitions()) {
                    await(store.delete(current));
                    lines.add("partition " + current.partition() + ": no longer exists");
                }
            }
            return lines;
        } finally {
            KafkaClients.closeImmediately(admin);
        }
    }

    private static void refuseOtherPartitionCount(Progress current, LikesLog log) {
        throw new CommandRefusedException(
                "the topic " + log.topic() + " was given more partitions: " + current.partitions()
                        + " before, " + log.partitions()
                        + " now. To accept it would count its likes twice and put those of other"
                        + " authors into the dead letter topic. Nothing was changed. Use another topic:"
                        + " see \"Move the topic\" in docs/first-week.md");
    }

    private void reset(int partition, LogSnapshot snapshot, Consumer<byte[], byte[]> consumer, List<String> lines) {
        LikesLog log = snapshot.log();
        Progress current = snapshot.progress().get(partition);
        long start = snapshot.start(partition);
        long end = snapshot.end(partition);
        Instant now = clock.instant();
        if (current == null) {
            if (!snapshot.progress().isEmpty() && start > 0) {
                Progress first = Progress.initial(partition, log.epoch(), log.partitions(), start);
                requireUnchanged(partition, await(store.insertIfAbsent(first.resetTo(log, 0, start, now))));
                lines.add("partition " + partition + ": had no progress, begins at offset " + start);
            }
            return;
        }
        long divergent =
                current.epoch().equals(log.epoch()) ? divergentOffset(snapshot, current, consumer) : current.next();
        Progress replacement;
        String reason;
        if (!current.epoch().equals(log.epoch())) {
            replacement = current.resetTo(log, current.generation(), start, now);
            reason =
                    "another log, from offset " + start + "; the earlier log was folded up to offset " + current.next();
        } else if (current.next() < start) {
            replacement = current.resetTo(log, current.generation(), start, now);
            reason = "offsets " + current.next() + " to " + (start - 1) + " are lost";
        } else if (current.next() > end) {
            // the log will have other records below `next` than the reports contain, hence another generation
            replacement = current.resetTo(log, current.generation() + 1, end, now);
            reason = "was folded up to offset " + current.next() + ", continues at the log's end " + end;
        } else if (divergent < current.next()) {
            replacement = current.resetTo(log, current.generation() + 1, Math.max(start, divergent), now);
            reason = "was rewritten from offset " + divergent + ", continues there";
        } else {
            return;
        }
        requireUnchanged(partition, await(store.replace(current, replacement)));
        lines.add("partition " + partition + ": " + reason);
    }

    /** Returns the first offset at which the log differs from the one that was folded; the offset of progress if it does not. */
    private static long divergentOffset(LogSnapshot snapshot, Progress current, Consumer<byte[], byte[]> consumer) {
        if (current.leaderEpoch() == null
                || current.next() < snapshot.start(current.partition())
                || current.next() > snapshot.end(current.partition())) {
            return current.next();
        }
        TopicPartition partition = new TopicPartition(snapshot.log().topic(), current.partition());
        consumer.assign(List.of(partition));
        LogSnapshot.seek(consumer, partition, current);
        try {
            consumer.position(partition);
            return current.next();
        } catch (LogTruncationException e) {
            return e.divergentOffsets().containsKey(partition)
                    ? e.divergentOffsets().get(partition).offset()
                    : snapshot.start(current.partition());
        }
    }

    private static void requireUnchanged(int partition, boolean isUnchanged) {
        if (!isUnchanged) {
            throw new IllegalStateException("progress of partition " + partition
                    + " has changed meanwhile: stop the runs, and repeat the command");
        }
    }
}
