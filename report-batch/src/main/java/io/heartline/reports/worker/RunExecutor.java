package io.heartline.reports.worker;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.events.LikesLog;
import io.heartline.reports.erasure.EndOffsets;
import io.heartline.reports.erasure.ErasureService;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.kafka.DeadLetters;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.progress.PartitionLeases;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.Progress.Unstable;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This instance's part in a run: to say what the run has to fold, if nobody has yet; to fold what others have not; and to
 * see that it is finished, whoever folded the last of it.
 */
public class RunExecutor {

    private static final Logger logger = LoggerFactory.getLogger(RunExecutor.class);
    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(5);
    private static final long WAIT_FOR_OTHERS_MILLIS = 500;

    private final KafkaClients clients;
    private final RunContext context;
    private final RunStore runs;
    private final String instance;
    private final InstantSource clock;

    /** @param instance a name that no other instance has */
    public RunExecutor(KafkaClients clients, RunContext context, RunStore runs, String instance, InstantSource clock) {
        this.clients = clients;
        this.context = context;
        this.runs = runs;
        this.instance = instance;
        this.clock = clock;
    }

    public String instance() {
        return instance;
    }

    /** Returns how many records of a planned run are not folded yet. */
    long remaining(Run run) {
        return run.remaining(await(context.progress().all()));
    }

    /**
     * Returns once the run is finished, or soon after {@code stop}.
     *
     * @throws DifferentSettingsException if this instance counts in another way: others do the run
     * @throws LogGapException if progress and the log do not meet: no instance can go on
     * @throws RuntimeException if Kafka or MongoDB are in trouble: another attempt, or another instance, may go on
     */
    public void execute(Run run, CountDownLatch stop) {
        await(context.settings().checkOrCreate());
        Admin admin = clients.admin();
        try (Consumer<byte[], byte[]> consumer = clients.consumer();
                DeadLetters deadLetters = clients.deadLetters(admin, context.deadLetterMetrics())) {
            ErasureService erasures = erasures(admin);
            erasures.sweep();
            LikesLog log = clients.describeLog(admin);
            Run planned = run.isPlanned() ? run : plan(run, log, admin, consumer);
            if (planned != null && !planned.isFinished()) {
                planned.requireSameLog(log);
                context.metrics().logGap(false); // or there would be no plan, whoever made it
                PartitionLeases leases =
                        new PartitionLeases(context.progress(), instance, clock, context.leaseDuration());
                ChunkPuller puller = new ChunkPuller(
                        consumer,
                        () -> clients.describeLog(admin),
                        log,
                        planned,
                        context,
                        deadLetters,
                        erasures,
                        leases);
                Runnable commit = () -> commit(planned, log, consumer);
                execute(planned, puller, leases, commit, stop);
            }
        } finally {
            KafkaClients.closeImmediately(admin);
        }
    }

    /**
     * Returns whether a run would find anything to fold, or a partition without a leader to name. Vouches for partitions that are
     * folded, so that no run is needed for it.
     */
    public boolean isLagging() {
        await(context.settings().checkOrCreate());
        Admin admin = clients.admin();
        try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
            erasures(admin).sweep(); // here, too, because there is no run while nothing is logged
            LogSnapshot snapshot = takeSnapshot(clients.describeLog(admin), admin, consumer);
            advanceAsOf(snapshot);
            return !snapshot.unreachable().isEmpty()
                    || IntStream.range(0, snapshot.log().partitions()).anyMatch(snapshot::isLagging);
        } finally {
            KafkaClients.closeImmediately(admin);
        }
    }

    private ErasureService erasures(Admin admin) {
        EndOffsets endOffsets = new EndOffsets(admin, () -> clients.describeLog(admin));
        return new ErasureService(context.erasures(), context.reports(), context.progress(), endOffsets, clock);
    }

    private LogSnapshot takeSnapshot(LikesLog log, Admin admin, Consumer<byte[], byte[]> consumer) {
        LogSnapshot snapshot = LogSnapshot.take(admin, consumer, log, context.progress(), clock);
        try {
            LogSnapshot initialized = snapshot.initializeProgress(consumer, context.progress(), context.reports());
            context.metrics().logGap(false);
            context.metrics().lag(initialized.lag());
            context.metrics().unstable(initialized.unstable());
            context.metrics().unreachable(initialized.unreachable().size());
            return initialized;
        } catch (LogGapException e) {
            context.metrics().logGap(true);
            throw e;
        }
    }

    /** Moves {@code asOf} of partitions that are folded, as far as no open transaction holds back what was logged by then. */
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

    /** The plan that holds; null if there was nothing to do, and another instance was first to find that. */
    private Run plan(Run run, LikesLog log, Admin admin, Consumer<byte[], byte[]> consumer) {
        LogSnapshot snapshot = takeSnapshot(log, admin, consumer);
        advanceAsOf(snapshot);
        Run planned = await(runs.savePlan(run.planned(instance, snapshot)));
        if (planned != null && instance.equals(planned.plannedBy()) && !planned.isEmpty()) {
            logger.info("run {} ({}): {} records to fold", run.id(), run.trigger(), planned.total());
        }
        return planned;
    }

    private void execute(Run run, ChunkPuller puller, PartitionLeases leases, Runnable commit, CountDownLatch stop) {
        ProgressLogger progressLog = new ProgressLogger(clock);
        try {
            while (stop.getCount() > 0) {
                Map<Integer, Progress> progress = await(context.progress().all());
                run.requireSameOffsets(progress.values());
                Run current = await(runs.find(run.id()));
                if (current == null || current.isFinished()) {
                    break; // others were faster
                }
                context.metrics().lag(run.lag(progress));
                if (run.isReached(progress)) {
                    finish(run);
                    commit.run();
                    break;
                }
                progressLog.logIfDue(run, progress);
                if (!puller.foldNextChunk(progress)) {
                    awaitOthers(stop);
                }
            }
            leases.releaseAll();
        } catch (RuntimeException | Error e) {
            try {
                leases.releaseAll();
            } catch (RuntimeException | Error f) { // they run out by themselves
                e.addSuppressed(f);
            }
            throw e;
        }
    }

    private void finish(Run run) {
        if (run.isEmpty() && await(runs.removeScheduled(run.id()))) {
            return;
        }
        Run finished = run.finished(clock.instant(), run.incompleteReason());
        if (!await(runs.finish(finished))) {
            return;
        }
        context.metrics().finished(finished);
        if (finished.error() == null) {
            logger.info("run {} done: {} records in {} ms", run.id(), run.total(), finished.millis());
        } else {
            logger.error("run {} failed: {}", run.id(), finished.error());
        }
    }

    /**
     * Commits for tools that show lag. Nothing else reads these offsets, so the run is finished before, and a group coordinator
     * that is away delays the next run by seconds only.
     */
    private static void commit(Run run, LikesLog log, Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = LogSnapshot.partitions(log);
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        partitions.stream()
                .filter(topicPartition -> !run.unreachable().contains(topicPartition.partition()))
                .forEach(topicPartition -> offsets.put(
                        topicPartition, new OffsetAndMetadata(run.target().get(topicPartition.partition()))));
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
