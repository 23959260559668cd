package io.heartline.reports.worker;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.events.LikesLog;
import io.heartline.reports.erasure.Erasures;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.failure.StalledException;
import io.heartline.reports.progress.PartitionLeases;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunPlan;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Processes the chunks of a run: leases partitions, pulls a chunk of them, folds it, and writes progress. Reports and dead letters
 * are written before progress. So records of an interrupted chunk are pulled again, and the reports that contain them skip them.
 */
final class ChunkProcessor {

    private final RunSession session;
    private final LikesLog log;
    private final Run run;
    private final RunPlan plan;
    private final RunContext context;
    private final ChunkPuller puller;
    private final ChunkFolder folder;
    private final PartitionLeases leases;
    private final Map<Integer, Progress> currentProgress = new HashMap<>();

    /** @param run a planned run */
    ChunkProcessor(
            RunSession session,
            LikesLog log,
            Run run,
            RunContext context,
            Erasures erasures,
            PartitionLeases leases,
            InstantSource clock) {
        this.session = session;
        this.log = log;
        this.run = run;
        this.plan = run.plan();
        this.context = context;
        this.puller = new ChunkPuller(session, log, run, context);
        this.folder = new ChunkFolder(
                context.reports(), context.progress(), erasures, context.calendar(), context.metrics(), clock);
        this.leases = leases;
    }

    /**
     * Pulls and folds one more chunk, of partitions that no other instance has leased.
     *
     * @param progress the stored progress, by partition
     * @return false if there is none, because all are folded or leased by other instances
     * @throws DifferentSettingsException if the database's settings have been changed
     * @throws LogGapException if progress and the log do not meet
     * @throws StalledException if Kafka delivers no records of any partition that is left
     */
    boolean processNextChunk(Map<Integer, Progress> progress) {
        if (!leasePartitions(progress)) {
            return false;
        }
        // an operator may have replaced the secret since the last chunk
        await(context.settings().checkOrCreate());
        pullAndFold();
        session.deadLetters().flush();
        List<Integer> leased = List.copyOf(currentProgress.keySet());
        leased.forEach(this::advanceProgress);
        leased.stream().filter(puller::isStalled).forEach(leases::release);
        return true;
    }

    /** Leases partitions that are not folded. Returns false if other instances have leased all of them. */
    private boolean leasePartitions(Map<Integer, Progress> progress) {
        List<Progress> lagging = progress.values().stream()
                .filter(current -> current.next() < target(current.partition()))
                .toList();
        List<Progress> readable = lagging.stream()
                .filter(current -> !puller.isStalled(current.partition()))
                .toList();
        if (readable.isEmpty() && !lagging.isEmpty()) {
            throw StalledException.forPartitions(
                    lagging.stream().map(Progress::partition).toList(), context.stallTimeout());
        }
        Map<Integer, Progress> leased = leases.acquire(readable);
        currentProgress.keySet().retainAll(leased.keySet());
        puller.assign(leased.keySet());
        leased.forEach((partition, current) -> {
            Progress previous = currentProgress.put(partition, current);
            if (previous == null || !previous.hasSameOffsets(current) || previous.next() != current.next()) {
                puller.seek(current);
            }
        });
        return !leased.isEmpty();
    }

    private void pullAndFold() {
        long unaccountedBefore = context.metrics().unaccounted();
        boolean isFolded = false;
        try {
            FoldSpan span = context.tracing().newSpan();
            Chunk chunk = puller.pull(currentProgress.keySet(), span);
            // a consumer continues at its offset even if the topic was deleted and created anew
            plan.requireSameLog(session.describeLog());
            RunPlan currentPlan =
                    plan.withPublishedAsOf(await(context.progress().all()));
            span.runInSpan(
                    run,
                    () -> folder.apply(
                            chunk,
                            author -> currentProgress.get(log.partitionOf(author)),
                            run,
                            currentPlan,
                            leases::renewIfDue));
            isFolded = true;
        } finally {
            if (!isFolded) {
                context.metrics().abandoned(context.metrics().unaccounted() - unaccountedBefore);
            }
        }
    }

    private void advanceProgress(int partition) {
        Progress from = currentProgress.get(partition);
        long next = Math.min(puller.position(partition), target(partition));
        if (next == from.next()) {
            return;
        }
        // in one write: readers must not see the target reached without the promise of asOf
        boolean isAtTarget = next == target(partition);
        Progress to = from.advancedTo(
                next,
                puller.leaderEpoch(partition),
                isAtTarget && plan.isStable(partition) ? plan.startedAt() : null,
                isAtTarget ? plan.unstable(partition) : null);
        if (await(context.progress().advance(from, to))) {
            currentProgress.put(partition, to);
        } else {
            currentProgress.remove(partition); // another instance has folded the records
        }
        if (isAtTarget) {
            leases.release(partition);
        }
    }

    private long target(int partition) {
        return plan.target().get(partition);
    }
}
