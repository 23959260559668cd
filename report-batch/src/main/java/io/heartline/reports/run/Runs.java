package io.heartline.reports.run;

import io.heartline.events.LikesLog;
import jakarta.annotation.PreDestroy;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Starts pulls, one at a time in this instance, and keeps account of them. */
class Runs {

    private static final Logger logger = LoggerFactory.getLogger(Runs.class);
    private static final long SHUTDOWN_SECONDS = 20;
    private static final String REQUEST = "request";
    private static final String SCHEDULE = "schedule";

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Supplier<LikesLog> log;
    private final Pull.Tools tools;
    private final RunStore store;
    private final InstantSource clock;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(task -> new Thread(task, "report-run"));
    // the run that waits behind the one that is going; whoever asks meanwhile is given this one
    private Run queued;
    private boolean busy;

    Runs(
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<LikesLog> log,
            Pull.Tools tools,
            RunStore store,
            InstantSource clock) {
        this.consumers = consumers;
        this.log = log;
        this.tools = tools;
        this.store = store;
        this.clock = clock;
    }

    /** A run that begins after this call, so that it includes whatever was logged before it; remembered when this answers. */
    Mono<Run> request() {
        return Mono.fromCallable(() -> {
                    synchronized (this) {
                        if (queued == null) {
                            Run run = newRun(REQUEST);
                            store.save(run).block();
                            enqueue(run);
                        } else if (!queued.trigger().equals(REQUEST)) {
                            queued = store.save(queued.triggeredBy(REQUEST)).block();
                        }
                        return queued;
                    }
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Does nothing while a run is going: the next tick will. */
    @Scheduled(cron = "${heartline.reports.schedule}")
    synchronized void tick() {
        if (!busy && queued == null) {
            enqueue(newRun(SCHEDULE));
        }
    }

    Mono<Run.View> view(String id) {
        return store.find(id)
                .flatMap(run -> tools.progress().all().map(progress -> run.view(progress, clock.instant())));
    }

    Mono<List<Run.View>> latest(int limit) {
        return tools.progress().all().flatMap(progress -> store.latest(limit)
                .map(run -> run.view(progress, clock.instant()))
                .collectList());
    }

    private Run newRun(String trigger) {
        return Run.requested(UUID.randomUUID().toString(), trigger, clock.instant());
    }

    private void enqueue(Run run) {
        queued = run;
        worker.execute(this::next);
    }

    private void next() {
        Run run;
        synchronized (this) {
            run = queued.started(clock.instant());
            queued = null;
            busy = true;
        }
        try {
            tools.metrics().runs.record(() -> pull(run));
        } finally {
            synchronized (this) {
                busy = false;
            }
        }
    }

    private void pull(Run started) {
        Bookkeeping books = new Bookkeeping(started);
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            new Pull(consumer, log.get(), tools).run(started.id(), clock, books::planned);
            books.finished();
        } catch (RuntimeException e) { // whatever it was, the run has failed, and the next one is to be tried
            books.failed(e);
        }
    }

    /** What is written down of the run that is going. A scheduled run that found nothing to do leaves no trace. */
    private final class Bookkeeping {

        private Run run;
        private long total;

        Bookkeeping(Run run) {
            this.run = run;
        }

        void planned(String epoch, List<Long> from, List<Long> target) {
            run = run.planned(epoch, from, target);
            total = sum(target) - sum(from);
            if (total > 0 || run.trigger().equals(REQUEST)) {
                store.save(run).block();
                logger.info("run {} ({}): {} records to fold", run.id(), run.trigger(), total);
            }
        }

        void finished() {
            run = run.finished(clock.instant());
            if (total > 0 || run.trigger().equals(REQUEST)) {
                store.save(run).block();
                logger.info("run {} done: {} records in {} ms", run.id(), total, run.millis());
            }
        }

        void failed(RuntimeException e) {
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            if (cause instanceof LogGapException
                    || cause instanceof KafkaException
                    || cause instanceof DataAccessException) {
                logger.error("run {} failed: {}", run.id(), cause.toString());
            } else {
                logger.error("run {} failed", run.id(), cause);
            }
            run = run.failed(clock.instant(), cause.toString());
            try {
                store.save(run).block();
            } catch (RuntimeException f) { // MongoDB is down, which is likely why the run failed
                logger.error("run {} could not be written down as failed: {}", run.id(), f.toString());
            }
        }

        private long sum(List<Long> offsets) {
            return offsets.stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Waits for the run that is going. */
    @PreDestroy
    void stop() throws InterruptedException {
        worker.shutdown();
        if (!worker.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
            logger.warn("stopping in the middle of a run; the next one goes on where its progress stands");
            worker.shutdownNow();
        }
    }
}
