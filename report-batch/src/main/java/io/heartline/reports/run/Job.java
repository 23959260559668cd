package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;

import io.heartline.events.LikesLog;
import io.heartline.reports.DifferentSettingsException;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.run.Progress.Unstable;
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
class Job {

    private static final Logger logger = LoggerFactory.getLogger(Job.class);
    private static final Duration COMMIT = Duration.ofSeconds(5);
    private static final long WAIT_FOR_OTHERS_MILLIS = 500;

    private final LikesSource source;
    private final Tools tools;
    private final RunStore runs;
    private final String instance;
    private final InstantSource clock;

    /**
     * What a run works with.
     *
     * @param settings compared before a run and before each chunk, since an operator may have changed the database's
     * @param hash of likers and pairs
     * @param chunkSize records folded at most between two writes of progress
     * @param stall how long Kafka may deliver nothing
     * @param lease how long a partition is this instance's
     */
    record Tools(
            DatabaseSettings settings,
            KeyedHash hash,
            ProgressStore progress,
            ReportStore reports,
            ErasureStore erasures,
            WeekCalendar calendar,
            FoldMetrics metrics,
            Traces traces,
            int chunkSize,
            Duration stall,
            Duration lease) {}

    /** @param instance a name that no other instance has */
    Job(LikesSource source, Tools tools, RunStore runs, String instance, InstantSource clock) {
        this.source = source;
        this.tools = tools;
        this.runs = runs;
        this.instance = instance;
        this.clock = clock;
    }

    String instance() {
        return instance;
    }

    /** Returns how many records of a planned run are not folded yet. */
    long left(Run run) {
        return run.left(await(tools.progress().all()));
    }

    /**
     * Returns once the run is finished, or soon after {@code stop}.
     *
     * @throws DifferentSettingsException if this instance counts in another way: others do the run
     * @throws LogGapException if progress and the log do not meet: no instance can go on
     * @throws RuntimeException if Kafka or MongoDB are in trouble: another attempt, or another instance, may go on
     */
    void work(Run run, CountDownLatch stop) {
        await(tools.settings().check());
        Admin admin = source.admin();
        try (Consumer<byte[], byte[]> consumer = source.consumer();
                DeadLetters deadLetters = source.deadLetters(admin, tools.metrics())) {
            Erasures erasures = erasures(admin);
            erasures.sweep();
            LikesLog log = source.describe(admin);
            Run planned = run.isPlanned() ? run : plan(run, log, admin, consumer);
            if (planned != null && !planned.isFinished()) {
                planned.checkLog(log);
                tools.metrics().gap(false); // or there would be no plan, whoever made it
                Leases leases = new Leases(tools.progress(), instance, clock, tools.lease());
                Pull pull = new Pull(
                        consumer, () -> source.describe(admin), log, planned, tools, deadLetters, erasures, leases);
                Runnable commit = () -> commit(planned, log, consumer);
                work(planned, pull, leases, commit, stop);
            }
        } finally {
            LikesSource.close(admin);
        }
    }

    /**
     * Returns whether a run would find anything to fold, or a partition without a leader to name. Vouches for partitions that are
     * folded, so that no run is needed for it.
     */
    boolean isBehind() {
        await(tools.settings().check());
        Admin admin = source.admin();
        try (Consumer<byte[], byte[]> consumer = source.consumer()) {
            erasures(admin).sweep(); // here, too, because there is no run while nothing is logged
            Survey survey = survey(source.describe(admin), admin, consumer);
            vouch(survey);
            return !survey.unreachable().isEmpty()
                    || IntStream.range(0, survey.log().partitions()).anyMatch(survey::isBehind);
        } finally {
            LikesSource.close(admin);
        }
    }

    private Erasures erasures(Admin admin) {
        LogEnds ends = new LogEnds(admin, () -> source.describe(admin));
        return new Erasures(tools.erasures(), tools.reports(), tools.progress(), ends, clock);
    }

    private Survey survey(LikesLog log, Admin admin, Consumer<byte[], byte[]> consumer) {
        Survey survey = Survey.of(admin, consumer, log, tools.progress(), clock);
        try {
            Survey begun = survey.begin(consumer, tools.progress(), tools.reports());
            tools.metrics().gap(false);
            tools.metrics().lag(begun.lag());
            tools.metrics().unstable(begun.unstable());
            tools.metrics().unreachable(begun.unreachable().size());
            return begun;
        } catch (LogGapException e) {
            tools.metrics().gap(true);
            throw e;
        }
    }

    /** Moves {@code asOf} of partitions that are folded, as far as no open transaction holds back what was logged by then. */
    private void vouch(Survey survey) {
        for (Progress at : survey.progress().values()) {
            boolean wasReached = at.unstable() != null && at.unstable().isReached(at.next());
            if (survey.isComplete(at)) {
                await(tools.progress().vouch(at, survey.seen()));
            } else if (wasReached) {
                await(tools.progress().vouch(at, at.unstable().seen()));
            }
            Unstable unstable = survey.unstable(at);
            if (unstable != null && (at.unstable() == null || wasReached)) {
                await(tools.progress().note(at, unstable));
            }
        }
    }

    /** The plan that holds; null if there was nothing to do, and another instance was first to find that. */
    private Run plan(Run run, LikesLog log, Admin admin, Consumer<byte[], byte[]> consumer) {
        Survey survey = survey(log, admin, consumer);
        vouch(survey);
        Run planned = await(runs.plan(run.planned(instance, survey)));
        if (planned != null && instance.equals(planned.plannedBy()) && !planned.isEmpty()) {
            logger.info("run {} ({}): {} records to fold", run.id(), run.trigger(), planned.total());
        }
        return planned;
    }

    private void work(Run run, Pull pull, Leases leases, Runnable commit, CountDownLatch stop) {
        ProgressLog progressLog = new ProgressLog(clock);
        try {
            while (stop.getCount() > 0) {
                Map<Integer, Progress> progress = await(tools.progress().all());
                run.checkPositions(progress.values());
                Run current = await(runs.find(run.id()));
                if (current == null || current.isFinished()) {
                    break; // others were faster
                }
                tools.metrics().lag(run.lag(progress));
                if (run.isReached(progress)) {
                    finish(run);
                    commit.run();
                    break;
                }
                progressLog.note(run, progress);
                if (!pull.chunk(progress)) {
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
        Run finished = run.finished(clock.instant(), run.shortcoming());
        if (!await(runs.finish(finished))) {
            return;
        }
        tools.metrics().finished(finished);
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
        List<TopicPartition> partitions = Survey.partitions(log);
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        partitions.stream()
                .filter(p -> !run.unreachable().contains(p.partition()))
                .forEach(p -> offsets.put(p, new OffsetAndMetadata(run.target().get(p.partition()))));
        try {
            consumer.commitSync(offsets, COMMIT);
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
