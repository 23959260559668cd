package io.heartline.reports.live;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.events.LikesLog;
import io.heartline.reports.erasure.Erasure;
import io.heartline.reports.erasure.ErasureService;
import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.Failures;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.live.LiveAuthor.StoredRevision;
import io.heartline.reports.load.ReportLoader;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.read.ReportView;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.web.problem.ApiException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.threeten.extra.YearWeek;

/**
 * Loads the states of authors, on its own thread: the stored reports and the records since the last run. Also looks every two seconds for
 * what runs and operators have stored since. Confined to one thread, except for {@link #request}.
 */
final class LiveLoader implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(LiveLoader.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** A state may have more than a megabyte, and states are counted only after they are loaded. */
    private static final int MAX_BATCH = 100;

    private final Stores stores;
    private final KafkaClients clients;
    private final WeekCalendar calendar;
    private final KeyedHash hash;
    private final LiveLimits limits;
    private final LiveMetrics metrics;
    private final InstantSource clock;
    private final Map<String, Set<YearWeek>> requests = new LinkedHashMap<>(); // guarded by itself

    private @Nullable LogClients log;
    private Map<Integer, Progress> latestProgress = Map.of();

    /** What MongoDB stores. */
    record Stores(ReportStore reports, ProgressStore progress, ErasureStore erasures, DatabaseSettings settings) {}

    LiveLoader(
            Stores stores,
            KafkaClients clients,
            WeekCalendar calendar,
            KeyedHash hash,
            LiveLimits limits,
            LiveMetrics metrics,
            InstantSource clock) {
        this.stores = stores;
        this.clients = clients;
        this.calendar = calendar;
        this.hash = hash;
        this.limits = limits;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Adds a request, which the next call of {@link #loadRequested} executes. Any thread may call this.
     *
     * @return whether there was no request before, so that the call has to be scheduled
     */
    boolean request(String authorId, Set<YearWeek> weeks) {
        synchronized (requests) {
            boolean isFirst = requests.isEmpty();
            requests.computeIfAbsent(authorId, id -> new TreeSet<>()).addAll(weeks);
            return isFirst;
        }
    }

    /** Loads all requested states, in batches. */
    void loadRequested(LiveAuthors authors, LiveTail tail) {
        for (Map<String, Set<YearWeek>> batch = nextBatch(); !batch.isEmpty(); batch = nextBatch()) {
            load(batch, false, authors, tail);
        }
    }

    private Map<String, Set<YearWeek>> nextBatch() {
        Map<String, Set<YearWeek>> batch = new HashMap<>();
        synchronized (requests) {
            Iterator<Map.Entry<String, Set<YearWeek>>> next =
                    requests.entrySet().iterator();
            while (next.hasNext() && batch.size() < MAX_BATCH) {
                Map.Entry<String, Set<YearWeek>> request = next.next();
                batch.put(request.getKey(), request.getValue());
                next.remove();
            }
        }
        return batch;
    }

    private void load(Map<String, Set<YearWeek>> batch, boolean replaces, LiveAuthors authors, LiveTail tail) {
        long startedAt = System.nanoTime();
        try {
            await(stores.settings.checkUntilEqual());
            LogClients kafka = openLog();
            LikesLog present = kafka.describe();
            Map<Integer, Progress> progress = progressOf(batch.keySet(), present, kafka);
            CatchUp catchUp = new CatchUp(kafka.consumer(), present, calendar, hash);
            Map<Integer, Long> records = catchUp.recordsToRead(progress.values());
            records.forEach((partition, count) -> {
                if (limits.isTooFarBehind(count)) {
                    refuse(authorsOf(partition, batch, present), limits.tooFarBehind(count), authors, tail);
                    progress.remove(partition);
                }
            });
            Instant asOf = clock.instant();
            long nanos = System.nanoTime();
            Collection<LiveAuthor> states = loadStates(batch, progress, present, kafka);
            Map<Integer, CatchUp.Reached> reached = catchUp.run(progress.values(), states);
            metrics.caughtUp(Duration.ofNanos(System.nanoTime() - startedAt));
            LiveTail.Admission admission = new LiveTail.Admission(present, reached, states, replaces, asOf, nanos);
            tail.execute(() -> tail.admit(admission));
        } catch (RuntimeException e) {
            if (e instanceof KafkaException || e instanceof LogGapException) {
                close();
            }
            refuse(batch, refusal(e), authors, tail);
        }
    }

    /** Returns the progress of the authors' partitions. A partition that was never folded starts at the first record of the log. */
    private Map<Integer, Progress> progressOf(Collection<String> authorIds, LikesLog present, LogClients kafka) {
        Map<Integer, Progress> stored = await(stores.progress.all());
        Map<Integer, Progress> progress = new HashMap<>();
        for (String authorId : authorIds) {
            int partition = present.partitionOf(authorId);
            Progress current = stored.get(partition);
            if (current != null && !current.epoch().equals(present.epoch())) {
                throw new LogGapException("the topic is another log than the reports are of");
            }
            progress.computeIfAbsent(
                    partition,
                    any -> current != null
                            ? current
                            : Progress.initial(
                                    partition, present.epoch(), present.partitions(), kafka.firstOffset(partition)));
        }
        return progress;
    }

    private static Map<String, Set<YearWeek>> authorsOf(
            int partition, Map<String, Set<YearWeek>> batch, LikesLog present) {
        return batch.entrySet().stream()
                .filter(request -> present.partitionOf(request.getKey()) == partition)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private Collection<LiveAuthor> loadStates(
            Map<String, Set<YearWeek>> batch, Map<Integer, Progress> progress, LikesLog present, LogClients kafka) {
        Map<String, LiveAuthor> states = new HashMap<>();
        Set<ReportKey> keys = new HashSet<>();
        batch.forEach((authorId, weeks) -> {
            Progress partition = progress.get(present.partitionOf(authorId));
            if (partition != null) {
                states.put(authorId, new LiveAuthor(authorId, partition));
                LiveAuthor.requiredFor(weeks).forEach(week -> keys.add(new ReportKey(week, authorId)));
            }
        });
        ErasureService erasures =
                new ErasureService(stores.erasures, stores.reports, stores.progress, kafka.endOffsets(), clock);
        new ReportLoader(stores.reports, stores.progress, erasures)
                .load(keys, authorId -> states.get(authorId).progress(), (report, firstCountedOffset) -> states.get(
                                report.key().authorId())
                        .add(report));
        return states.values();
    }

    private static void refuse(
            Map<String, Set<YearWeek>> batch, RuntimeException reason, LiveAuthors authors, LiveTail tail) {
        tail.execute(() -> batch.forEach((authorId, weeks) -> authors.refuse(authorId, weeks, reason)));
    }

    /** Returns the response to the clients. Failures of MongoDB have one already. */
    private static RuntimeException refusal(RuntimeException e) {
        if (e instanceof KafkaException) {
            return ApiException.retryLater(
                    HttpStatus.SERVICE_UNAVAILABLE, "Kafka does not answer: ask again.", RETRY_AFTER, e);
        }
        if (e instanceof LogGapException) {
            return ApiException.retryLater(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "The log does not continue the stored reports, so there are no live reports: " + e.getMessage()
                            + ".",
                    RETRY_AFTER,
                    e);
        }
        return e;
    }

    /** Takes over what runs and operators have stored, and loads outdated states again. */
    void refresh(LiveAuthors authors, LiveTail tail) {
        Set<ReportKey> watched = tail.call(authors::watchedReports);
        if (watched.isEmpty()) {
            close();
            latestProgress = Map.of();
            return;
        }
        try {
            await(stores.settings.checkStored());
            Map<Integer, Progress> progress = await(stores.progress.all());
            Map<ReportKey, StoredRevision> revisions =
                    progress.equals(latestProgress) ? Map.of() : sealedRevisions(watched, ReportView.asOf(progress));
            Map<String, String> erasures = marks(watched);
            Map<String, Set<YearWeek>> outdated = tail.call(() -> {
                Map<String, Set<YearWeek>> found = authors.update(progress, revisions, erasures);
                found.putAll(authors.watchedIn(tail.lostPartitions()));
                return found;
            });
            latestProgress = progress;
            if (!outdated.isEmpty()) {
                load(outdated, true, authors, tail);
            }
        } catch (DifferentSettingsException e) {
            logger.warn("live reports end: {}", e.getMessage());
            tail.execute(authors::endAll);
        } catch (RuntimeException e) {
            logger.debug("stored reports are not read: {}", Failures.describe(e)); // the streams continue
        }
    }

    private Map<ReportKey, StoredRevision> sealedRevisions(Set<ReportKey> watched, @Nullable Instant asOf) {
        List<ReportKey> sealed = watched.stream()
                .filter(key -> calendar.isSealed(key.week(), asOf))
                .toList();
        Map<ReportKey, StoredRevision> revisions = new HashMap<>();
        if (!sealed.isEmpty()) {
            await(stores.reports.figures(sealed).collectList())
                    .forEach(figures -> revisions.put(figures.key(), StoredRevision.of(figures)));
        }
        return revisions;
    }

    private Map<String, String> marks(Set<ReportKey> watched) {
        Set<String> authorIds = watched.stream().map(ReportKey::authorId).collect(Collectors.toSet());
        return await(stores.erasures.find(authorIds)).values().stream()
                .collect(Collectors.toMap(Erasure::authorId, Erasure::mark));
    }

    private LogClients openLog() {
        if (log == null) {
            log = LogClients.open(clients);
        }
        return log;
    }

    /** Closes the clients of Kafka. The next request opens new ones. */
    @Override
    public void close() {
        if (log != null) {
            log.close();
            log = null;
        }
    }
}
