package io.heartline.reports.live;

import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.kafka.HighWatermarkLookup;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.read.ReportView;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.problem.ApiException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpStatus;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;

/**
 * The live reports of this instance, which any number of threads may use. Its own threads mostly wait. While no client
 * watches a report, it has no consumer and asks neither MongoDB nor Kafka. When the service stops, streams end before the web server
 * waits for its responses.
 */
public final class LiveReports implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(LiveReports.class);
    private static final Duration REFRESH_INTERVAL = Duration.ofSeconds(2);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final ConcurrencyLimit clientLimit;
    private final LiveAuthors authors;
    private final LiveTail tail;
    private final LiveLoader loader;
    private final StoredChanges changes;
    private final HighWatermarkLookup logEnds;
    private final LiveMetrics metrics;
    private final InstantSource clock;
    private volatile @Nullable Threads threads; // null while this is stopped

    /** The threads from a start to a stop. Spring may start a stopped instance again. */
    private record Threads(Thread tail, ScheduledExecutorService loader, ScheduledExecutorService logEnds) {}

    LiveReports(
            ConcurrencyLimit clientLimit,
            LiveLoader.Stores stores,
            KafkaClients clients,
            HighWatermarkLookup logEnds,
            WeekCalendar calendar,
            KeyedHash hash,
            LiveLimits limits,
            LiveMetrics metrics,
            Function<ReportView, byte[]> encode,
            InstantSource clock) {
        this.clientLimit = clientLimit;
        this.authors = new LiveAuthors(calendar, hash, limits, metrics, this::load, encode);
        this.tail = new LiveTail(authors, new LogEndChecks(), clients::tailConsumer);
        this.loader = new LiveLoader(stores, clients, calendar, hash, limits, metrics, clock);
        this.changes = new StoredChanges(stores, calendar);
        this.logEnds = logEnds;
        this.metrics = metrics;
        this.clock = clock;
    }

    private static ScheduledExecutorService thread(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Watches a report.
     *
     * @param request the report, and how often its events may come
     * @param caller the name under which limits count the request
     * @return server-sent events without end. If a limit is reached, it fails before the first event, with the status 503 or 429. If Kafka
     *     or MongoDB does not answer, it fails with 503 or with MongoDB's exception. It completes when the token expires or this instance
     *     stops
     */
    public Flux<byte[]> watch(WatchRequest request, String caller) {
        return Flux.using(
                () -> clientLimit.acquire(caller),
                permit -> Flux.create(sink -> {
                    if (!isRunning()) {
                        sink.error(ApiException.retryLater(
                                HttpStatus.SERVICE_UNAVAILABLE, "This instance is stopping: ask again.", RETRY_AFTER));
                        return;
                    }
                    LiveClient client = new LiveClient(request, sink, metrics, System.nanoTime());
                    sink.onDispose(() -> tail.execute(() -> authors.detach(client)));
                    tail.execute(() -> authors.attach(client));
                    if (!isRunning()) { // the tail may have ended before it could attach the client
                        sink.error(ApiException.retryLater(
                                HttpStatus.SERVICE_UNAVAILABLE, "This instance is stopping: ask again.", RETRY_AFTER));
                    }
                }),
                ConcurrencyLimit.Permit::release);
    }

    /** Requests an author's state, on behalf of the tail. */
    private void load(String authorId, Set<YearWeek> weeks) {
        Threads running = threads;
        if (loader.request(authorId, weeks) && running != null) {
            running.loader.execute(guarded(() -> loader.loadRequested(authors, tail)));
        }
    }

    private void lookUpLogEnds() {
        Set<Integer> partitions = tail.call(tail::followedPartitions);
        if (partitions.isEmpty()) {
            return;
        }
        Instant asOf = clock.instant();
        long nanos = System.nanoTime();
        HighWatermarkLookup.Snapshot answer;
        try {
            answer = logEnds.fetch(partitions);
        } catch (RuntimeException e) {
            logger.debug("Kafka answers no lookup of log ends: {}", e.toString()); // clients receive the event stale
            return;
        }
        tail.execute(() -> tail.logEnds(answer, asOf, nanos));
    }

    /** Returns a task whose failures do not end the schedule. */
    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                if (isRunning()) {
                    logger.warn("a task of live reports has failed", e);
                }
            }
        };
    }

    @Override
    public void start() {
        Thread tailThread = new Thread(tail, "live-tail");
        tailThread.setDaemon(true);
        Threads started = new Threads(tailThread, thread("live-loader"), thread("live-log-ends"));
        threads = started;
        tail.open();
        tailThread.start();
        schedule(started.loader, () -> {
            loader.loadRequested(authors, tail); // if an Error has ended an earlier call
            changes.apply(authors, tail, loader);
        });
        schedule(started.logEnds, this::lookUpLogEnds);
    }

    private void schedule(ScheduledExecutorService thread, Runnable task) {
        long millis = REFRESH_INTERVAL.toMillis();
        thread.scheduleWithFixedDelay(guarded(task), millis, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        Threads stopped = threads;
        threads = null;
        tail.close();
        stopped.logEnds.shutdownNow();
        stopped.loader.shutdownNow();
        try {
            stopped.tail.join(STOP_TIMEOUT.toMillis());
            if (stopped.loader.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                loader.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return threads != null;
    }
}
