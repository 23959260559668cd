package io.heartline.reports.worker;

import io.heartline.events.NotALikeEventException.Reason;
import io.heartline.reports.run.Run;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Counts the outcome of every record that was pulled: pulled = folded + skipped + erased + unreadable + misplaced + unknown type +
 * abandoned. Abandoned records are pulled again. So the sum of folded records over all instances equals the records of the log.
 */
final class FoldMetrics {

    final Counter folded;
    final Counter skipped;
    final Counter erased;
    final Counter conflicts;
    private final Counter pulled;
    private final Counter unreadable;
    private final Counter misplaced;
    private final Counter unknownType;
    private final Counter abandoned;
    private final Timer done;
    private final Timer failed;
    private final AtomicLong lag = new AtomicLong();
    private final AtomicLong unstable = new AtomicLong();
    private final AtomicInteger unreachable = new AtomicInteger();
    private final AtomicInteger logGap = new AtomicInteger();

    FoldMetrics(MeterRegistry registry) {
        pulled = Counter.builder("heartline.reports.pulled")
                .description("Records pulled from the topic")
                .register(registry);
        folded = records(registry, "folded");
        skipped = records(registry, "skipped");
        erased = records(registry, "erased");
        unreadable = records(registry, "unreadable");
        misplaced = records(registry, "misplaced");
        unknownType = records(registry, "unknown_type");
        abandoned = records(registry, "abandoned");
        conflicts = Counter.builder("heartline.reports.conflicts")
                .description(
                        "Reports that another instance had saved since they were loaded, and that were folded again")
                .register(registry);
        done = runs(registry, "done");
        failed = runs(registry, "failed");
        Gauge.builder("heartline.reports.lag", lag, AtomicLong::get)
                .description("Records on the topic that are not folded, as of this instance's last snapshot")
                .register(registry);
        Gauge.builder("heartline.reports.unstable", unstable, AtomicLong::get)
                .description("Records above the first open transaction, as of this instance's last snapshot")
                .register(registry);
        Gauge.builder("heartline.reports.partitions.unreachable", unreachable, AtomicInteger::get)
                .description("Partitions without a leader or an answer in this instance's last snapshot")
                .register(registry);
        Gauge.builder("heartline.reports.log.gap", logGap, AtomicInteger::get)
                .description("Whether progress and the log did not meet in this instance's last snapshot: 1, or 0")
                .register(registry);
    }

    /** Counts records when they are pulled. */
    void pulled(int records) {
        pulled.increment(records);
    }

    /** Returns the number of records that were pulled and have no outcome yet. */
    long unaccounted() {
        return Math.round(pulled.count()
                - folded.count()
                - skipped.count()
                - erased.count()
                - unreadable.count()
                - misplaced.count()
                - unknownType.count()
                - abandoned.count());
    }

    /** Counts records of a chunk that failed, which are pulled again. */
    void abandoned(long records) {
        abandoned.increment(records);
    }

    void lag(long records) {
        lag.set(records);
    }

    void unstable(long records) {
        unstable.set(records);
    }

    void unreachable(int partitions) {
        unreachable.set(partitions);
    }

    void logGap(boolean hasGap) {
        logGap.set(hasGap ? 1 : 0);
    }

    void rejected(Reason reason) {
        Counter counter =
                switch (reason) {
                    case UNKNOWN_TYPE -> unknownType;
                    case MISPLACED -> misplaced;
                    case UNREADABLE -> unreadable;
                };
        counter.increment();
    }

    /** Counts a run. Only the instance that finished it calls this. */
    void finished(Run run) {
        (run.error() == null ? done : failed).record(run.millis(), TimeUnit.MILLISECONDS);
    }

    private static Timer runs(MeterRegistry registry, String outcome) {
        return Timer.builder("heartline.reports.runs")
                .description("Runs and how long they took, by all instances together")
                .tag("outcome", outcome)
                .serviceLevelObjectives(Stream.of(1, 5, 15, 60, 300, 900, 3_600)
                        .map(Duration::ofSeconds)
                        .toArray(Duration[]::new))
                .register(registry);
    }

    private static Counter records(MeterRegistry registry, String outcome) {
        return Counter.builder("heartline.reports.records")
                .description("Records pulled from the topic, by outcome")
                .tag("outcome", outcome)
                .register(registry);
    }
}
