package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;

import io.heartline.events.LikesLog;
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
public final class Acceptance {

    private final LikesSource source;
    private final ProgressStore store;
    private final InstantSource clock;

    Acceptance(LikesSource source, ProgressStore store, InstantSource clock) {
        this.source = source;
        this.store = store;
        this.clock = clock;
    }

    /**
     * Changes nothing where progress and the log meet.
     *
     * @return a line for each partition whose positions start anew
     * @throws IllegalStateException if a run moved progress meanwhile
     * @throws NotAcceptableException if it is the same topic with another number of partitions
     */
    public List<String> accept() {
        Admin admin = source.admin();
        try (Consumer<byte[], byte[]> consumer = source.consumer()) {
            Survey survey = Survey.of(admin, consumer, source.describe(admin), store, clock);
            if (!survey.unreachable().isEmpty()) {
                throw new LeaderNotAvailableException("the leaders of partitions " + survey.unreachable()
                        + " have not answered, and nothing was changed: try again when they do");
            }
            survey.progress().values().stream()
                    .filter(survey::hasOtherPartitionCount)
                    .findAny()
                    .ifPresent(at -> refuse(at, survey.log()));
            List<String> said = new ArrayList<>();
            for (int partition = 0; partition < survey.log().partitions(); partition++) {
                accept(partition, survey, consumer, said);
            }
            for (Progress at : survey.progress().values()) {
                if (at.partition() >= survey.log().partitions()) {
                    await(store.delete(at));
                    said.add("partition " + at.partition() + ": is no more");
                }
            }
            return said;
        } finally {
            LikesSource.close(admin);
        }
    }

    private static void refuse(Progress at, LikesLog log) {
        throw new NotAcceptableException("the topic " + log.topic() + " was given more partitions: " + at.partitions()
                + " before, " + log.partitions()
                + " now. To accept it would count its likes twice and put those of other"
                + " authors into the dead letter topic. Nothing was changed. The way on is another topic:"
                + " see \"Moving to a new topic\" in docs/operations.md");
    }

    private void accept(int partition, Survey survey, Consumer<byte[], byte[]> consumer, List<String> said) {
        LikesLog log = survey.log();
        Progress at = survey.progress().get(partition);
        long start = survey.start(partition);
        long end = survey.end(partition);
        Instant now = clock.instant();
        if (at == null) {
            if (!survey.progress().isEmpty() && start > 0) {
                Progress first = Progress.none(partition, log.epoch(), log.partitions(), start);
                check(partition, await(store.begin(first.acceptedAs(log, 0, start, now))));
                said.add("partition " + partition + ": had no progress, begins at offset " + start);
            }
            return;
        }
        long divergent = at.epoch().equals(log.epoch()) ? divergentOffset(survey, at, consumer) : at.next();
        Progress accepted;
        String why;
        if (!at.epoch().equals(log.epoch())) {
            accepted = at.acceptedAs(log, at.generation(), start, now);
            why = "another log, from offset " + start;
        } else if (at.next() < start) {
            accepted = at.acceptedAs(log, at.generation(), start, now);
            why = "offsets " + at.next() + " to " + (start - 1) + " are lost";
        } else if (at.next() > end) {
            // whatever comes to stand below `next` now is not what the reports have there: hence another generation
            accepted = at.acceptedAs(log, at.generation() + 1, end, now);
            why = "was folded up to offset " + at.next() + ", goes on at the log's end " + end;
        } else if (divergent < at.next()) {
            accepted = at.acceptedAs(log, at.generation() + 1, Math.max(start, divergent), now);
            why = "was written anew from offset " + divergent + ", goes on there";
        } else {
            return;
        }
        check(partition, await(store.replace(at, accepted)));
        said.add("partition " + partition + ": " + why);
    }

    /** Where the log ceases to be the one that was folded; progress itself if it has not. */
    private static long divergentOffset(Survey survey, Progress at, Consumer<byte[], byte[]> consumer) {
        if (at.leaderEpoch() == null
                || at.next() < survey.start(at.partition())
                || at.next() > survey.end(at.partition())) {
            return at.next();
        }
        TopicPartition partition = new TopicPartition(survey.log().topic(), at.partition());
        consumer.assign(List.of(partition));
        Survey.seek(consumer, partition, at);
        try {
            consumer.position(partition);
            return at.next();
        } catch (LogTruncationException e) {
            return e.divergentOffsets().containsKey(partition)
                    ? e.divergentOffsets().get(partition).offset()
                    : survey.start(at.partition());
        }
    }

    private static void check(int partition, boolean isAsSeen) {
        if (!isAsSeen) {
            throw new IllegalStateException(
                    "progress of partition " + partition + " has moved meanwhile: stop the runs, and say it again");
        }
    }
}
