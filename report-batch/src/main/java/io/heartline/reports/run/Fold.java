package io.heartline.reports.run;

import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.fold.WeeklyReport.Key;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings the reports of a chunk up to date. Doing it twice is doing it once, since each report skips what it has: so a
 * crash anywhere in here costs a repetition and no figure.
 */
final class Fold {

    private static final int REPORTS_AT_ONCE = 500;
    private static final int CONFLICTS_IN_A_ROW = 20;

    private final ReportStore reports;
    private final WeekCalendar calendar;
    private final FoldMetrics metrics;

    Fold(ReportStore reports, WeekCalendar calendar, FoldMetrics metrics) {
        this.reports = reports;
        this.calendar = calendar;
        this.metrics = metrics;
    }

    /**
     * Returns once every report is acknowledged by a majority.
     *
     * @param epoch of the log the chunk was pulled from
     * @param asOf what readers could see before this run: a week that was sealed by then is corrected, with a number
     */
    void apply(Chunk chunk, String epoch, String runId, Instant asOf) {
        List<Key> keys = chunk.keys();
        for (int i = 0; i < keys.size(); i += REPORTS_AT_ONCE) {
            Set<Key> left = new HashSet<>(keys.subList(i, Math.min(keys.size(), i + REPORTS_AT_ONCE)));
            for (int attempt = 0; !left.isEmpty(); attempt++) {
                if (attempt > CONFLICTS_IN_A_ROW) {
                    throw new IllegalStateException("others keep writing the same reports: " + left);
                }
                left = attempt(left, chunk, epoch, runId, asOf);
                metrics.conflicts.increment(left.size());
            }
        }
    }

    /** The reports that somebody else has written meanwhile. */
    private Set<Key> attempt(Set<Key> keys, Chunk chunk, String epoch, String runId, Instant asOf) {
        Map<Key, WeeklyReport> stored = reports.load(keys).block();
        List<WeeklyReport> changed = new ArrayList<>();
        Map<Key, Integer> fresh = new HashMap<>();
        for (Key key : keys) {
            WeeklyReport report = stored.getOrDefault(key, new WeeklyReport(key, epoch, 0));
            if (!report.epoch().equals(epoch)) {
                throw new LogGapException("report " + key + " was folded from another log: epoch " + report.epoch()
                        + ", and the topic's is " + epoch);
            }
            for (Chunk.Entry entry : chunk.of(key)) {
                if (report.fold(entry.event(), entry.day(), entry.offset())) {
                    fresh.merge(key, 1, Integer::sum);
                }
            }
            if (fresh.containsKey(key)) {
                if (calendar.isSealed(key.week(), asOf)) {
                    report.correct(runId);
                }
                changed.add(report);
            }
        }
        Set<Key> conflicts =
                changed.isEmpty() ? Set.of() : reports.save(changed).block();
        for (Key key : keys) {
            if (!conflicts.contains(key)) { // those are counted when they are folded again
                int folded = fresh.getOrDefault(key, 0);
                metrics.folded.increment(folded);
                metrics.skipped.increment(chunk.of(key).size() - folded);
            }
        }
        return conflicts;
    }
}
