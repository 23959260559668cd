package io.heartline.reports.worker;

import io.heartline.reports.erasure.ErasureStores;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.kafka.DeadLetterMetrics;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.run.RunQueue;
import io.heartline.reports.run.RunService;
import io.heartline.reports.run.RunStore;
import io.heartline.reports.settings.DatabaseSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class WorkerConfiguration {

    /** Longer than any wait of a healthy run: for Kafka, for MongoDB, or for a lease to expire. */
    private static final Duration SINGLE_RUN_TIMEOUT = Duration.ofMinutes(10);

    @Bean
    FoldMetrics foldMetrics(MeterRegistry registry) {
        return new FoldMetrics(registry);
    }

    @Bean
    FoldTracing foldTracing(Tracer tracer, Propagator propagator) {
        return new FoldTracing(tracer, propagator);
    }

    @Bean
    RunContext runContext(
            WorkerSettings settings,
            DatabaseSettings databaseSettings,
            KeyedHash hash,
            ProgressStore progress,
            ReportStore reports,
            ErasureStores erasures,
            WeekCalendar calendar,
            FoldMetrics metrics,
            DeadLetterMetrics deadLetterMetrics,
            FoldTracing tracing) {
        return new RunContext(
                databaseSettings,
                hash,
                progress,
                reports,
                erasures,
                calendar,
                metrics,
                deadLetterMetrics,
                tracing,
                settings.chunkSize(),
                settings.stallTimeout(),
                settings.leaseDuration());
    }

    @Bean
    RunExecutor runExecutor(KafkaClients clients, RunContext context, RunStore store) {
        return new RunExecutor(clients, context, store, UUID.randomUUID().toString(), InstantSource.system());
    }

    @Bean(destroyMethod = "stop")
    @ConditionalOnWebApplication // a command is not scraped
    ProgressMetrics progressMetrics(
            MeterRegistry registry, ProgressStore progress, WorkerSettings settings, RunExecutor executor) {
        return new ProgressMetrics(registry, progress, settings.schedule(), executor.instance());
    }

    @Bean
    RunWorker runWorker(
            WorkerSettings settings,
            RunQueue queue,
            RunStore store,
            RunService runs,
            RunExecutor executor,
            FoldMetrics metrics) {
        InstantSource clock = InstantSource.system();
        boolean joinsAll = settings.schedule() != null;
        CronSchedule schedule = new CronSchedule(settings.schedule(), clock);
        return new RunWorker(
                queue, store, runs, executor, metrics, clock, schedule, settings.queuePollInterval(), joinsAll);
    }

    /** The health contributor {@code runs}. */
    @Bean
    RunsHealth runsHealthIndicator(RunWorker worker, MeterRegistry registry) {
        Gauge.builder("heartline.reports.worker", worker, running -> running.isBroken() ? 0 : 1)
                .description("Whether the thread that executes runs is alive: 1, or 0")
                .register(registry);
        return new RunsHealth(worker);
    }

    @Bean
    SingleRun singleRun(RunService runs, RunWorker worker) {
        return new SingleRun(runs, worker, SINGLE_RUN_TIMEOUT);
    }
}
