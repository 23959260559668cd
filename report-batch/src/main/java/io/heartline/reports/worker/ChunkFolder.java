package io.heartline.reports.worker;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.erasure.Erasure;
import io.heartline.reports.erasure.Erasures;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.fold.PendingEvents;
import io.heartline.reports.fold.ReportGrowth;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.load.ReportLoader;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunPlan;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Folds a chunk into reports. Each report skips the events that it contains already. So a crash at any point costs a repetition and
 * changes no figure.
 */
final class ChunkFolder {

    private static final int REPORTS_PER_BATCH = 1_000;

    /** In bytes, because a report may have a megabyte while most have a thousandth of it. */
    private static final int BYTES_PER_WRITE = 8 * 1024 * 1024;

    private static final int MAX_CONFLICT_RETRIES = 20;

    private static final int MAX_NAMED_REPORTS = 3;

    private final ReportStore reports;
    private final ReportGrowth growth;
    private final ReportLoader loader;
    private final Erasures erasures;
    private final WeekCalendar calendar;
    private final FoldMetrics metrics;
    private final InstantSource clock;

    /** Authors whose reports were inserted after their erasure. Readers may have seen these until they are replaced or deleted. */
    private final Set<String> erasedMeanwhile = new HashSet<>();

    /** Reports of the present batch that were inserted. */
    private final Set<ReportKey> inserted = new HashSet<>();

    ChunkFolder(
            ReportStore reports,
            ProgressStore progress,
            Erasures erasures,
            WeekCalendar calendar,
            FoldMetrics metrics,
            InstantSource clock) {
        this.reports = reports;
        this.growth = new ReportGrowth(reports);
        this.loader = new ReportLoader(reports, progress, erasures);
        this.erasures = erasures;
        this.calendar = calendar;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Returns when a majority of MongoDB's members has acknowledged every report.
     *
     * @param progressOf returns the progress of an author's partition when the chunk was pulled
     * @param betweenWrites called after each batch of reports, because a large chunk takes longer than leases last
     * @throws LogGapException if an operator has reset the offsets since then
     */
    void apply(Chunk chunk, Function<String, Progress> progressOf, Run run, RunPlan plan, Runnable betweenWrites) {
        chunk.forEachBatch(REPORTS_PER_BATCH, events -> {
            apply(events, progressOf, run, plan);
            betweenWrites.run();
        });
    }

    private void apply(
            Map<ReportKey, PendingEvents> remaining, Function<String, Progress> progressOf, Run run, RunPlan plan) {
        Set<ReportKey> keys = Set.copyOf(remaining.keySet());
        for (int attempt = 0; !remaining.isEmpty(); attempt++) {
            if (attempt > MAX_CONFLICT_RETRIES) {
                throw new IllegalStateException(conflictMessage(remaining.keySet()));
            }
            remaining.keySet().retainAll(tryApply(remaining, progressOf, new WriteBatch(run.id(), plan.published())));
            metrics.conflicts.increment(remaining.size());
        }
        await(growth.settle(keys, inserted));
        inserted.clear();
        erasedMeanwhile.forEach(erasures.authors()::markReportsDeleted);
        erasedMeanwhile.clear();
    }

    /** Names a few reports only, because a thousand keys would fill the log and the run's error. */
    static String conflictMessage(Set<ReportKey> reports) {
        return "other instances keep saving the same " + reports.size() + " reports, such as "
                + reports.stream().limit(MAX_NAMED_REPORTS).toList();
    }

    /** Returns the reports that another instance has saved since they were loaded. */
    private Set<ReportKey> tryApply(
            Map<ReportKey, PendingEvents> events, Function<String, Progress> progressOf, WriteBatch writes) {
        loader.load(
                events.keySet(),
                progressOf,
                (report, firstCountedOffset, isCleaned) ->
                        writes.fold(report, events.get(report.key()), firstCountedOffset, isCleaned));
        writes.flush();
        return writes.conflicts;
    }

    private static Set<String> authors(Collection<ReportKey> keys) {
        return keys.stream().map(ReportKey::authorId).collect(Collectors.toSet());
    }

    /** Collects folded reports until there are enough to write. */
    private final class WriteBatch {

        private final String runId;
        private final @Nullable Instant published;
        private final Instant now = clock.instant();
        private final Set<ReportKey> conflicts = new HashSet<>();
        private final List<WeeklyReport> changed = new ArrayList<>();
        private final List<WeeklyReport> emptied = new ArrayList<>();
        private final Map<ReportKey, EventCounts> folded = new HashMap<>();
        private int bytes;

        /** Counts the events of one report: new events, events that it contains already, and erased events. */
        private record EventCounts(int added, int skipped, int erased) {

            void count(FoldMetrics metrics) {
                metrics.folded.increment(added);
                metrics.skipped.increment(skipped);
                metrics.erased.increment(erased);
            }
        }

        WriteBatch(String runId, @Nullable Instant published) {
            this.runId = runId;
            this.published = published;
        }

        /**
         * @param firstCountedOffset events below this offset are erased, and the report skips them
         * @param isCleaned whether the report must be saved even if it includes all events
         */
        void fold(WeeklyReport report, PendingEvents events, long firstCountedOffset, boolean isCleaned) {
            int added = report.fold(events);
            int erased = events.countBelow(firstCountedOffset);
            EventCounts counted = new EventCounts(added, events.size() - added - erased, erased);
            if (added == 0 && !isCleaned) {
                if (report.isEmpty() && !report.isNew()) {
                    emptied.add(report);
                    folded.put(report.key(), counted);
                } else {
                    counted.count(metrics);
                }
                return;
            }
            if (calendar.isSealed(report.key().week(), published)) {
                report.recordCorrection(runId);
            }
            if (calendar.mayHaveEnded(report.key().week(), now)) {
                report.markFeedDue();
            }
            changed.add(report);
            folded.put(report.key(), counted);
            bytes += report.memoryBytes();
            if (bytes >= BYTES_PER_WRITE) {
                flush();
            }
        }

        void flush() {
            Set<ReportKey> conflicting = new HashSet<>();
            if (!changed.isEmpty()) {
                await(growth.complete(changed));
                conflicting.addAll(await(reports.save(changed)));
                changed.stream()
                        .filter(WeeklyReport::isNew)
                        .map(WeeklyReport::key)
                        .forEach(inserted::add);
                conflicting.addAll(erasedMeanwhile(conflicting));
            }
            if (!emptied.isEmpty()) {
                long deleted = await(reports.delete(
                        emptied.stream().map(WeeklyReport::storedVersion).toList()));
                if (deleted < emptied.size()) { // other instances have saved or deleted some of them
                    emptied.forEach(report -> conflicting.add(report.key()));
                }
            }
            conflicts.addAll(conflicting);
            folded.keySet().removeAll(conflicting); // their events are counted when they are folded again
            folded.values().forEach(events -> events.count(metrics));
            changed.clear();
            emptied.clear();
            folded.clear();
            bytes = 0;
        }

        /**
         * Returns the new reports whose author or liker was erased since the lookup, because the deletion may have come before them. A
         * report that was loaded needs no second lookup, because it is not saved once it is deleted or changed.
         */
        private Set<ReportKey> erasedMeanwhile(Set<ReportKey> conflicting) {
            List<WeeklyReport> inserted = changed.stream()
                    .filter(report -> report.isNew() && !conflicting.contains(report.key()))
                    .toList();
            if (inserted.isEmpty()) {
                return Set.of();
            }
            Set<String> authors =
                    authors(inserted.stream().map(WeeklyReport::key).toList());
            Map<String, Erasure> latest = erasures.authors().findStored(authors);
            Map<String, Long> likers = erasures.likers().latestNumbers(authors);
            return inserted.stream()
                    .filter(report -> {
                        Erasure erasure = latest.get(report.key().authorId());
                        return erasure != null && !erasure.mark().equals(report.erasure())
                                || likers.getOrDefault(report.key().authorId(), 0L) > report.likerErasures();
                    })
                    .map(WeeklyReport::key)
                    .peek(key -> erasedMeanwhile.add(key.authorId()))
                    .collect(Collectors.toSet());
        }
    }
}
