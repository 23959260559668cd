package io.heartline.reports.worker;

import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.support.CronExpression;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/**
 * The metrics of progress. All instances read them from MongoDB, so they report the same. A metric is a time and not an age. So while
 * MongoDB does not answer, the age that an operator computes from it grows.
 */
final class ProgressMetrics {

    private static final Logger logger = LoggerFactory.getLogger(ProgressMetrics.class);
    private static final String SECONDS = "seconds";
    private static final Duration REFRESH_INTERVAL = Duration.ofSeconds(10);
    private static final int RUNS_AHEAD = 1_000;

    private final String instance;
    private final ProgressStore progress;
    private final Duration interval;
    private final Disposable refreshes;
    private volatile double asOf = Double.NaN;
    private volatile long leases;

    ProgressMetrics(
            MeterRegistry registry, ProgressStore progress, @Nullable CronExpression schedule, String instance) {
        this(registry, progress, schedule, instance, REFRESH_INTERVAL);
    }

    /** @param interval between two reads of progress, and the timeout of each */
    ProgressMetrics(
            MeterRegistry registry,
            ProgressStore progress,
            @Nullable CronExpression schedule,
            String instance,
            Duration interval) {
        this.instance = instance;
        this.interval = interval;
        Gauge.builder("heartline.reports.as.of.timestamp", this, metrics -> metrics.asOf)
                .description("Everything logged up to then is folded, in seconds since 1970; NaN before the first run")
                .baseUnit(SECONDS)
                .register(registry);
        Gauge.builder("heartline.reports.leases", this, metrics -> metrics.leases)
                .description("Partitions that this instance has leased")
                .register(registry);
        double longest = longestInterval(schedule);
        Gauge.builder("heartline.reports.schedule", () -> longest)
                .description("The longest time between two runs of this instance's schedule; NaN without one")
                .baseUnit(SECONDS)
                .register(registry);
        this.progress = progress;
        refreshes = Schedulers.parallel()
                .schedulePeriodically(this::refresh, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Reads progress. Each read is a subscription of its own, so a failed read does not end later ones. While MongoDB is
     * unavailable, the values grow old, and readiness and the runs report the cause.
     */
    private void refresh() {
        try {
            progress.all().timeout(interval).subscribe(all -> update(all.values()), ProgressMetrics::failed);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private static void failed(Throwable e) {
        logger.debug("progress cannot be read", e);
    }

    private void update(Collection<Progress> all) {
        asOf = all.stream()
                .map(Progress::asOf)
                .mapToDouble(ProgressMetrics::seconds)
                .min()
                .orElse(Double.NaN);
        leases =
                all.stream().filter(current -> instance.equals(current.owner())).count();
    }

    private static double seconds(Instant instant) {
        return instant == null ? Double.NaN : instant.toEpochMilli() / 1000.0;
    }

    /**
     * Returns the longest interval between two of the next thousand runs, so that a pause at night or over a weekend is included.
     *
     * @param schedule null for no scheduled runs
     * @return in seconds; NaN without a schedule
     */
    static double longestInterval(@Nullable CronExpression schedule) {
        if (schedule == null) {
            return Double.NaN;
        }
        long longest = 0;
        ZonedDateTime run = schedule.next(ZonedDateTime.now());
        for (int i = 0; run != null && i < RUNS_AHEAD; i++) {
            ZonedDateTime next = schedule.next(run);
            if (next != null) {
                longest = Math.max(longest, Duration.between(run, next).toSeconds());
            }
            run = next;
        }
        return longest == 0 ? Double.NaN : longest;
    }

    void stop() {
        refreshes.dispose();
    }
}
