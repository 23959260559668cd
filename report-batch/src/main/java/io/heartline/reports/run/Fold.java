package io.heartline.reports.run;

import io.heartline.reports.fold.Arrivals;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.fold.WeeklyReport.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Brings the reports of a chunk up to date. Doing it twice is doing it once, since each report skips what it has: so a
 * crash anywhere in here costs a repetition and no figure.
 */
final class Fold {

    /** A report may have a megabyte: so many are held at once, and no more. */
    private static final int REPORTS_AT_ONCE = 100;

    private static final int CONFLICTS_IN_A_ROW = 20;

    private final ReportStore reports;
    private final ProgressStore progress;
    private final WeekCalendar calendar;
    private final FoldMetrics metrics;

    Fold(ReportStore reports, ProgressStore progress, WeekCalendar calendar, FoldMetrics metrics) {
        this.reports = reports;
        this.progress = progress;
        this.calendar = calendar;
        this.metrics = metrics;
    }

    /**
     * Returns once every report is acknowledged by a majority.
     *
     * @param progressOf an author's partition, as it stood when the chunk was pulled
     * @param betweenWrites a large chunk takes a while, in which something may be due
     * @throws LogGapException if positions count anew by now
     */
    void apply(Chunk chunk, Function<String, Progress> progressOf, Run run, Runnable betweenWrites) {
        for (int i = 0; i < chunk.reports(); i += REPORTS_AT_ONCE) {
            Map<Key, Arrivals> left = chunk.reports(i, i + REPORTS_AT_ONCE);
            for (int attempt = 0; !left.isEmpty(); attempt++) {
                if (attempt > CONFLICTS_IN_A_ROW) {
                    throw new IllegalStateException("others keep writing the same reports: " + left.keySet());
                }
                left.keySet().retainAll(attempt(left, progressOf, run));
                metrics.conflicts.increment(left.size());
            }
            betweenWrites.run();
        }
    }

    /** The reports that somebody else has written meanwhile. */
    private Set<Key> attempt(Map<Key, Arrivals> arrivals, Function<String, Progress> progressOf, Run run) {
        Map<Key, WeeklyReport> stored = reports.load(arrivals.keySet()).block();
        List<WeeklyReport> changed = new ArrayList<>();
        Map<Key, Integer> fresh = new HashMap<>();
        arrivals.forEach((key, events) -> {
            WeeklyReport report = report(key, stored.get(key), progressOf.apply(key.authorId()));
            int folded = report.fold(events);
            if (folded > 0) {
                if (calendar.isSealed(key.week(), run.published())) {
                    report.correct(run.id());
                }
                changed.add(report);
                fresh.put(key, folded);
            }
        });
        Set<Key> conflicts =
                changed.isEmpty() ? Set.of() : reports.save(changed).block();
        arrivals.forEach((key, events) -> {
            if (!conflicts.contains(key)) { // those are counted when they are folded again
                int folded = fresh.getOrDefault(key, 0);
                metrics.folded.increment(folded);
                metrics.skipped.increment(events.size() - folded);
            }
        });
        return conflicts;
    }

    private WeeklyReport report(Key key, WeeklyReport stored, Progress at) {
        if (stored == null) {
            return new WeeklyReport(key, at.epoch(), at.generation());
        }
        if (!stored.isOf(at.epoch(), at.generation())) {
            // either it is from before, or we are; and the same look-up is safe from what happens behind it, since then
            // the report's version is another one, too
            if (!progress.of(at.partition()).block().isOf(at)) {
                throw LogGapException.countsAnew(at.partition());
            }
            stored.rebase(at.epoch(), at.generation());
        }
        return stored;
    }
}
