package io.heartline.reports.live;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.events.LikesLog;
import io.heartline.reports.erasure.ErasureStores;
import io.heartline.reports.erasure.Erasures;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.kafka.PartitionBounds;
import io.heartline.reports.load.ReportLoader;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
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
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.threeten.extra.YearWeek;

/** Loads the states of authors: the stored reports and the records since the last run. Confined to one thread, except for {@link #request}. */
final class LiveLoader implements AutoCloseable {

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

    /** What MongoDB stores. */
    record Stores(ReportStore reports, ProgressStore progress, ErasureStores erasures, DatabaseSettings settings) {}

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
            Instant asOf = clock.instant();
            long nanos = System.nanoTime();
            Map<Integer, PartitionBounds> bounds = kafka.bounds(present);
            Map<Integer, Progress> stored = await(stores.progress.all());
            Map<Integer, Progress> progress = new HashMap<>();
            Map<String, Set<YearWeek>> accepted = new HashMap<>();
            batch.forEach((authorId, weeks) -> {
                try {
                    int partition = present.partitionOf(authorId);
                    progress.computeIfAbsent(
                            partition, any -> start(present, partition, stored.get(partition), bounds.get(partition)));
                    accepted.put(authorId, weeks);
                } catch (RuntimeException e) {
                    refuse(Map.of(authorId, weeks), refusal(e), authors, tail);
                }
            });
            Collection<LiveAuthor> states = loadStates(accepted, progress, present, kafka);
            Map<Integer, Long> ends = new HashMap<>();
            bounds.forEach((partition, offsets) -> ends.put(partition, offsets.end()));
            Map<Integer, CatchUp.Reached> reached =
                    new CatchUp(kafka.consumer(), present, calendar, hash).run(progress.values(), ends, states);
            metrics.caughtUp(Duration.ofNanos(System.nanoTime() - startedAt));
            admit(states, new Scan(present, reached, asOf, nanos), replaces, authors, tail);
        } catch (RuntimeException e) {
            if (e instanceof KafkaException) {
                close();
            }
            refuse(batch, refusal(e), authors, tail);
        } catch (Error e) { // OutOfMemoryError, for example; the clients must not wait for ever
            refuse(batch, unavailable("This instance cannot load the report now: ask again.", e), authors, tail);
            throw e;
        }
    }

    /** Returns the progress from which the records of a partition are read, or throws the reason why they cannot be. */
    private Progress start(
            LikesLog present, int partition, @Nullable Progress stored, @Nullable PartitionBounds bounds) {
        if (bounds == null) {
            throw new LeaderNotAvailableException("partition " + partition + " has no leader");
        }
        if (stored != null && !stored.epoch().equals(present.epoch())) {
            throw new LogGapException("the topic is another log than the reports are of");
        }
        Progress start = stored == null
                ? Progress.initial(partition, present.epoch(), present.partitions(), bounds.start())
                : stored;
        if (start.next() < bounds.start() || start.next() > bounds.end()) {
            throw new LogGapException("the next offset of partition " + partition + " is " + start.next()
                    + ", and the log has " + bounds.start() + " to " + bounds.end());
        }
        if (limits.isTooFarBehind(bounds.end() - start.next())) {
            throw limits.tooFarBehind(bounds.end() - start.next());
        }
        return start;
    }

    /**
     * The result of a scan.
     *
     * @param asOf the wall-clock time just before the ends of the partitions were looked up
     * @param nanos the same time of the monotonic clock
     */
    private record Scan(LikesLog log, Map<Integer, CatchUp.Reached> reached, Instant asOf, long nanos) {}

    private static void admit(
            Collection<LiveAuthor> states, Scan scan, boolean replaces, LiveAuthors authors, LiveTail tail) {
        Map<Boolean, List<LiveAuthor>> complete = states.stream()
                .collect(Collectors.partitioningBy(state -> scan.reached.containsKey(state.partition())));
        Admission admission =
                new Admission(scan.log, scan.reached, complete.get(true), replaces, scan.asOf, scan.nanos);
        tail.execute(() -> tail.admit(admission));
        complete.get(false)
                .forEach(state -> refuse(
                        Map.of(state.id(), state.weeks()),
                        refusal(new TimeoutException("Kafka delivers no records of the author's partition")),
                        authors,
                        tail));
    }

    private Collection<LiveAuthor> loadStates(
            Map<String, Set<YearWeek>> batch, Map<Integer, Progress> progress, LikesLog present, LogClients kafka) {
        Map<String, LiveAuthor> states = new HashMap<>();
        Set<ReportKey> keys = new HashSet<>();
        batch.forEach((authorId, weeks) -> {
            states.put(authorId, new LiveAuthor(authorId, progress.get(present.partitionOf(authorId))));
            LiveAuthor.requiredFor(weeks).forEach(week -> keys.add(new ReportKey(week, authorId)));
        });
        Erasures erasures = stores.erasures.open(kafka.endOffsets(), clock);
        new ReportLoader(stores.reports, stores.progress, erasures)
                .load(
                        keys,
                        authorId -> states.get(authorId).progress(),
                        (report, firstCountedOffset, isCleaned) ->
                                states.get(report.key().authorId()).add(report));
        return states.values();
    }

    private static void refuse(
            Map<String, Set<YearWeek>> batch, RuntimeException reason, LiveAuthors authors, LiveTail tail) {
        tail.execute(() -> batch.forEach((authorId, weeks) -> authors.refuse(authorId, weeks, reason)));
    }

    /** Returns the response to the clients. Failures of MongoDB have one already. */
    private static RuntimeException refusal(RuntimeException e) {
        if (e instanceof LeaderNotAvailableException) {
            return unavailable("The author's partition of the log has no leader: ask again.", e);
        }
        if (e instanceof KafkaException) {
            return unavailable("Kafka does not answer: ask again.", e);
        }
        if (e instanceof LogGapException) {
            return unavailable(
                    "The log does not continue the stored reports, so there are no live reports: " + e.getMessage()
                            + ".",
                    e);
        }
        return e;
    }

    private static ApiException unavailable(String detail, Throwable cause) {
        return ApiException.retryLater(HttpStatus.SERVICE_UNAVAILABLE, detail, RETRY_AFTER, cause);
    }

    /** Loads outdated states again. */
    void reload(Map<String, Set<YearWeek>> outdated, LiveAuthors authors, LiveTail tail) {
        load(outdated, true, authors, tail);
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
