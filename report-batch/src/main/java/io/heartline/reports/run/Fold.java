package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;
import static io.heartline.reports.run.MongoCalls.forEach;

import io.heartline.reports.fold.Arrivals;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.fold.WeeklyReport.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Brings the reports of a chunk up to date. Doing it twice is doing it once, since each report skips what it has: so a
 * crash anywhere in here costs a repetition and no figure.
 */
final class Fold {

    private static final int REPORTS_AT_ONCE = 1_000;

    /** One may have a megabyte, and most have a thousandth of it: so they are counted in bytes until they are written. */
    private static final int BYTES_AT_ONCE = 8 * 1024 * 1024;

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
        Map<Key, Arrivals> left = new HashMap<>(arrivals);
        Writes writes = new Writes(run);
        forEach(reports.load(arrivals.keySet()), report -> {
            goOnWith(report, progressOf.apply(report.key().authorId()));
            writes.fold(report, left.remove(report.key()));
        });
        left.forEach((key, events) -> {
            Progress at = progressOf.apply(key.authorId());
            writes.fold(new WeeklyReport(key, at.epoch(), at.generation()), events);
        });
        writes.flush();
        return writes.conflicts;
    }

    private void goOnWith(WeeklyReport stored, Progress at) {
        if (!stored.isOf(at.epoch(), at.generation())) {
            // either it is from before, or we are; and the same look-up is safe from what happens behind it, since then
            // the report's version is another one, too
            if (!await(progress.ofCertainly(at.partition())).isOf(at)) {
                throw LogGapException.countsAnew(at.partition());
            }
            stored.rebase(at.epoch(), at.generation());
        }
    }

    /** Reports that are folded, until there are enough of them to be written. */
    private final class Writes {

        private final Run run;
        private final Set<Key> conflicts = new HashSet<>();
        private final List<WeeklyReport> changed = new ArrayList<>();
        private final Map<Key, Events> folded = new HashMap<>();
        private int bytes;

        /** Of one report: those it had not, and those it had. */
        private record Events(int fresh, int known) {}

        Writes(Run run) {
            this.run = run;
        }

        void fold(WeeklyReport report, Arrivals events) {
            int fresh = report.fold(events);
            int known = events.size() - fresh;
            if (fresh == 0) {
                metrics.skipped.increment(known);
                return;
            }
            if (calendar.isSealed(report.key().week(), run.published())) {
                report.correct(run.id());
            }
            changed.add(report);
            folded.put(report.key(), new Events(fresh, known));
            bytes += report.bytes();
            if (bytes >= BYTES_AT_ONCE) {
                flush();
            }
        }

        void flush() {
            if (changed.isEmpty()) {
                return;
            }
            Set<Key> lost = await(reports.save(changed));
            conflicts.addAll(lost);
            folded.keySet().removeAll(lost); // those are counted when they are folded again
            for (Events events : folded.values()) {
                metrics.folded.increment(events.fresh());
                metrics.skipped.increment(events.known());
            }
            changed.clear();
            folded.clear();
            bytes = 0;
        }
    }
}
