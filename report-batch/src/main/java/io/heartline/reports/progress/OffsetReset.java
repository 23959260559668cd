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
 * What an operator says when progress and the log do not meet and never will: go on with what the log has. Figures stay as
 * they are, positions start anew; what was lost in between is not counted, and nothing is counted twice unless another log
 * holds the same likes again. The same topic with more partitions does, and is refused.
 */
public final class OffsetReset {

    private final KafkaClients clients;
    private final ProgressStore store;
    private final InstantSource clock;

    public OffsetReset(KafkaClients clients, ProgressStore store, InstantSource clock) {
        this.clients = clients;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Changes nothing where progress and the log meet.
     *
     * @return a line for each partition whose positions start anew
     * @throws IllegalStateException if a run moved progress meanwhile
     * @throws CommandRefusedException if it is the same topic with another number of partitions
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
            for (int partition = 0; partition < snapshot.log().partitions(); partition++) {
                reset(partition, snapshot, consumer, lines);
            }
            for (Progress current : snapshot.progress().values()) {
                if (current.partition() >= snapshot.log().partitions()) {
                    await(store.delete(current));
                    lines.add("partition " + current.partition() + ": is no more");
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
                        + " authors into the dead letter topic. Nothing was changed. The way on is another topic:"
                        + " see \"Moving to a new topic\" in docs/operations.md");
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
            reason = "another log, from offset " + start;
        } else if (current.next() < start) {
            replacement = current.resetTo(log, current.generation(), start, now);
            reason = "offsets " + current.next() + " to " + (start - 1) + " are lost";
        } else if (current.next() > end) {
            // whatever comes to stand below `next` now is not what the reports have there: hence another generation
            replacement = current.resetTo(log, current.generation() + 1, end, now);
            reason = "was folded up to offset " + current.next() + ", goes on at the log's end " + end;
        } else if (divergent < current.next()) {
            replacement = current.resetTo(log, current.generation() + 1, Math.max(start, divergent), now);
            reason = "was written anew from offset " + divergent + ", goes on there";
        } else {
            return;
        }
        requireUnchanged(partition, await(store.replace(current, replacement)));
        lines.add("partition " + partition + ": " + reason);
    }

    /** Where the log ceases to be the one that was folded; progress itself if it has not. */
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
            throw new IllegalStateException(
                    "progress of partition " + partition + " has moved meanwhile: stop the runs, and say it again");
        }
    }
}
