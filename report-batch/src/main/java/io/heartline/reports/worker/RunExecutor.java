package io.heartline.reports.worker;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.events.LikesLog;
import io.heartline.reports.erasure.Erasures;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.progress.PartitionLeases;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.Progress.Unstable;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunPlan;
import io.heartline.reports.run.RunStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes this instance's part of a run. Plans the run if no instance has yet, and folds partitions that no other instance has
 * leased. Finishes the run when everything is folded.
 */
class RunExecutor {

    private static final Logger logger = LoggerFactory.getLogger(RunExecutor.class);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);
    private static final long WAIT_FOR_OTHERS_MILLIS = 500;

    /** Less than the time for which a run that is not in the queue yet is shown as running. */
    private static final Duration MAX_SNAPSHOT_AGE = Duration.ofSeconds(5);

    private final KafkaClients clients;
    private final RunContext context;
    private final RunStore runs;
    private final String instance;
    private final InstantSource clock;

    /** @param instance an id that no other instance has */
    RunExecutor(KafkaClients clients, RunContext context, RunStore runs, String instance, InstantSource clock) {
        this.clients = clients;
        this.context = context;
        this.runs = runs;
        this.instance = instance;
        this.clock = clock;
    }

    /** Returns the id of this instance. */
    String instance() {
        return instance;
    }

    /** Returns the number of records of a planned run that are not folded yet. */
    long remaining(Run planned) {
        return planned.plan().remaining(await(context.progress().all()));
    }

    /** Returns whether a run can still be planned from the snapshot, by its age. */
    boolean isFresh(LogSnapshot snapshot) {
        Instant now = clock.instant();
        return !now.isBefore(snapshot.takenAt())
                && now.isBefore(snapshot.takenAt().plus(MAX_SNAPSHOT_AGE));
    }

    /**
     * Executes the run. Returns when the run is finished, or soon after {@code stop}.
     *
     * @param earlier the snapshot that {@link #findWork} returned before; null for none. A run that is not planned yet is planned
     *     from it if it is still valid, otherwise from a new snapshot.
     * @param stop ends the execution when it is counted down; the run stays as it is
     * @throws DifferentSettingsException if this instance has other settings than the database; other instances execute the run
     * @throws LogGapException if progress and the log do not meet, so that no instance can continue
     * @throws RuntimeException if Kafka or MongoDB is unavailable; another attempt or another instance may succeed
     */
    void execute(Run run, @Nullable LogSnapshot earlier, CountDownLatch stop) {
        await(context.settings().checkOrCreate());
        try (RunSession session = RunSession.open(clients, context.deadLetterMetrics())) {
            Erasures erasures = erasures(session);
            erasures.sweep();
            LikesLog log = session.describeLog();
            Run planned = run.isPlanned() ? run : plan(run, earlier, log, session);
            if (planned == null || planned.isFinished()) {
                return;
            }
            planned.plan().requireSameLog(log);
            context.metrics().logGap(false); // a plan is stored only if there is no gap
            PartitionLeases leases = new PartitionLeases(context.progress(), instance, clock, context.leaseDuration());
            ChunkProcessor processor = new ChunkProcessor(session, log, planned, context, erasures, leases, clock);
            if (processUntilReached(planned, processor, leases, stop)) {
                commitGroupOffsets(planned, log, session.consumer());
            }
        }
    }

    /**
     * Takes a snapshot of the log and advances {@code asOf} of partitions that are folded, so that no run is needed for it.
     *
     * @return the snapshot if there are records to fold or unreachable partitions to report, otherwise empty
     */
    Optional<LogSnapshot> findWork() {
        await(context.settings().checkOrCreate());
        try (RunSession session = RunSession.open(clients, context.deadLetterMetrics())) {
            erasures(session).sweep(); // here, too, because there is no run while nothing is logged
            LogSnapshot snapshot = takeSnapshot(session, session.describeLog());
            return snapshot.hasWork() ? Optional.of(snapshot) : Optional.empty();
        }
    }

    private Erasures erasures(RunSession session) {
        return context.erasures().open(session.endOffsets(), clock);
    }

    private LogSnapshot takeSnapshot(RunSession session, LikesLog log) {
        LogSnapshot snapshot = session.takeSnapshot(log, context.progress(), clock);
        try {
            LogSnapshot initialized =
                    snapshot.initializeProgress(session.consumer(), context.progress(), context.reports());
            context.metrics().logGap(false);
            context.metrics().lag(initialized.lag());
            context.metrics().unstable(initialized.unstable());
            context.metrics().unreachable(initialized.unreachable().size());
            advanceAsOf(initialized);
            return initialized;
        } catch (LogGapException e) {
            context.metrics().logGap(true);
            throw e;
        }
    }

    /** Advances {@code asOf} of folded partitions, unless an open transaction holds back records that were logged by then. */
    private void advanceAsOf(LogSnapshot snapshot) {
        for (Progress current : snapshot.progress().values()) {
            boolean wasReached =
                    current.unstable() != null && current.unstable().isReached(current.next());
            if (snapshot.isFullyFolded(current)) {
                await(context.progress().advanceAsOf(current, snapshot.takenAt()));
            } else if (wasReached) {
                await(context.progress().advanceAsOf(current, current.unstable().seen()));
            }
            Unstable unstable = snapshot.unstable(current);
            if (unstable != null && (current.unstable() == null || wasReached)) {
                await(context.progress().recordUnstable(current, unstable));
            }
        }
    }

    /**
     * Plans the run, from the earlier snapshot if that is still valid.
     *
     * @return the run with the plan that is stored; null if another instance found nothing to fold and has removed the run
     */
    private @Nullable Run plan(Run run, @Nullable LogSnapshot earlier, LikesLog log, RunSession session) {
        Run planned = null;
        if (earlier != null && isReusable(earlier, run, log)) {
            planned = await(runs.savePlanIfScheduled(run.planned(instance, RunPlan.of(earlier))));
        }
        if (planned == null || !planned.isPlanned()) { // a client that has requested the run expects a newer snapshot
            planned = await(runs.savePlan(run.planned(instance, RunPlan.of(takeSnapshot(session, log)))));
        }
        if (planned != null && instance.equals(planned.plannedBy()) && !planned.isEmpty()) {
            logger.info(
                    "run {} ({}): {} records to fold",
                    run.id(),
                    run.trigger(),
                    planned.plan().total());
        }
        return planned;
    }

    /**
     * Returns whether the run can be planned from the snapshot. A run starts at the time of its snapshot, which must not be before its
     * request. If progress has changed since the snapshot, another run has folded some of the snapshot's records.
     */
    private boolean isReusable(LogSnapshot snapshot, Run run, LikesLog log) {
        return isFresh(snapshot)
                && !snapshot.takenAt().isBefore(run.requestedAt())
                && snapshot.log().equals(log)
                && snapshot.isCurrent(await(context.progress().all()));
    }

    /** @return whether this instance saw that everything is folded, and has finished the run */
    private boolean processUntilReached(
            Run run, ChunkProcessor processor, PartitionLeases leases, CountDownLatch stop) {
        RunPlan plan = run.plan();
        ProgressLogger progressLog = new ProgressLogger(clock);
        boolean isReached = false;
        try {
            while (stop.getCount() > 0) {
                Map<Integer, Progress> progress = await(context.progress().all());
                plan.requireSameOffsets(progress.values());
                Run current = await(runs.find(run.id()));
                if (current == null || current.isFinished()) {
                    break; // another instance was faster
                }
                context.metrics().lag(plan.lag(progress));
                if (plan.isReached(progress)) {
                    finish(run, plan);
                    isReached = true;
                    break;
                }
                progressLog.logIfDue(run, progress);
                if (!processor.processNextChunk(progress)) {
                    awaitOthers(stop);
                }
            }
            leases.releaseAll();
            return isReached;
        } catch (RuntimeException | Error e) {
            try {
                leases.releaseAll();
            } catch (RuntimeException | Error f) { // the leases expire by themselves
                e.addSuppressed(f);
            }
            throw e;
        }
    }

    private void finish(Run run, RunPlan plan) {
        if (run.isEmpty() && await(runs.removeScheduled(run.id()))) {
            return;
        }
        Run finished = run.finished(clock.instant(), plan.incompleteReason());
        if (!await(runs.finish(finished))) {
            return;
        }
        context.metrics().finished(finished);
        if (finished.error() == null) {
            logger.info("run {} done: {} records in {} ms", run.id(), plan.total(), finished.millis());
        } else {
            logger.error("run {} failed: {}", run.id(), finished.error());
        }
    }

    /**
     * Commits the offsets for tools that show lag. Nothing else reads them, so the run is finished before, and a missing group
     * coordinator delays only the next run, by seconds.
     */
    private static void commitGroupOffsets(Run run, LikesLog log, Consumer<byte[], byte[]> consumer) {
        RunPlan plan = run.plan();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        LogSnapshot.partitions(log).stream()
                .filter(topicPartition -> !plan.unreachable().contains(topicPartition.partition()))
                .forEach(topicPartition -> offsets.put(
                        topicPartition, new OffsetAndMetadata(plan.target().get(topicPartition.partition()))));
        try {
            consumer.commitSync(offsets, COMMIT_TIMEOUT);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            logger.warn("run {}: Kafka's own group offsets could not be committed: {}", run.id(), e.getMessage());
        }
    }

    private static void awaitOthers(CountDownLatch stop) {
        try {
            stop.await(WAIT_FOR_OTHERS_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
