package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;
import static io.heartline.reports.run.MongoCalls.forEach;

import io.heartline.reports.fold.Arrivals;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.fold.WeeklyReport.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings the reports of a chunk up to date. Doing it twice is doing it once, since each report skips what it has: so a
 * crash anywhere in here costs a repetition and no figure.
 */
final class Fold {

    private static final int REPORTS_AT_ONCE = 1_000;

    /** One may have a megabyte, and most have a thousandth of it: so they are counted in bytes until they are written. */
    private static final int BYTES_AT_ONCE = 8 * 1024 * 1024;

    private static final int CONFLICTS_IN_A_ROW = 20;
    private static final int NAMED = 3;

    private final ReportStore reports;
    private final ProgressStore progress;
    private final Erasures erasures;
    private final WeekCalendar calendar;
    private final FoldMetrics metrics;

    Fold(ReportStore reports, ProgressStore progress, Erasures erasures, WeekCalendar calendar, FoldMetrics metrics) {
        this.reports = reports;
        this.progress = progress;
        this.erasures = erasures;
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
                    throw new IllegalStateException(conflicts(left.keySet()));
                }
                left.keySet().retainAll(attempt(left, progressOf, run));
                metrics.conflicts.increment(left.size());
            }
            betweenWrites.run();
        }
    }

    /** Names a few of them only: a thousand keys would fill the log and the run's error. */
    static String conflicts(Set<Key> reports) {
        return "others keep writing the same " + reports.size() + " reports, such as "
                + reports.stream().limit(NAMED).toList();
    }

    /** The reports that somebody else has written meanwhile. */
    private Set<Key> attempt(Map<Key, Arrivals> arrivals, Function<String, Progress> progressOf, Run run) {
        Map<Key, Arrivals> left = new HashMap<>(arrivals);
        Map<String, Erasure> erased = erasures.of(authors(arrivals.keySet()));
        Writes writes = new Writes(run);
        forEach(reports.load(arrivals.keySet()), report -> {
            String author = report.key().authorId();
            Progress at = progressOf.apply(author);
            goOnWith(report, at);
            Erasure erasure = latest(erased, report);
            writes.fold(afterErasure(report, erasure), left.remove(report.key()), firstCounted(erasure, at));
        });
        left.forEach((key, events) -> {
            Progress at = progressOf.apply(key.authorId());
            Erasure erasure = erased.get(key.authorId());
            WeeklyReport report = new WeeklyReport(key, at.epoch(), at.generation());
            writes.fold(afterErasure(report, erasure), events, firstCounted(erasure, at));
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

    private static Set<String> authors(Collection<Key> keys) {
        return keys.stream().map(Key::authorId).collect(Collectors.toSet());
    }

    /** Returns the author's latest erasure; null if there is none. */
    private @Nullable Erasure latest(Map<String, Erasure> known, WeeklyReport report) {
        String author = report.key().authorId();
        Erasure erasure = known.get(author);
        if (Objects.equals(report.erasure(), erasure == null ? null : erasure.mark())) {
            return erasure;
        }
        // either the report is from before the erasure, or it is from after one that was recorded since the last look
        return known.compute(author, (same, before) -> erasures.of(author));
    }

    /** Returns the report if it was folded after the erasure, else an empty one. */
    private static WeeklyReport afterErasure(WeeklyReport report, @Nullable Erasure erasure) {
        return erasure == null || erasure.mark().equals(report.erasure()) ? report : report.erased(erasure.mark());
    }

    private static long firstCounted(@Nullable Erasure erasure, Progress at) {
        return erasure == null ? 0 : erasure.firstCounted(at);
    }

    /** Reports that are folded, until there are enough of them to be written. */
    private final class Writes {

        private final Run run;
        private final Set<Key> conflicts = new HashSet<>();
        private final List<WeeklyReport> changed = new ArrayList<>();
        private final List<WeeklyReport> emptied = new ArrayList<>();
        private final Map<Key, Events> folded = new HashMap<>();
        private int bytes;

        /** Counts the events of one report: new ones, those that it contains already, and those that are erased. */
        private record Events(int fresh, int known, int erased) {

            void count(FoldMetrics metrics) {
                metrics.folded.increment(fresh);
                metrics.skipped.increment(known);
                metrics.erased.increment(erased);
            }
        }

        Writes(Run run) {
            this.run = run;
        }

        /** @param firstCounted events below this offset are erased */
        void fold(WeeklyReport report, Arrivals events, long firstCounted) {
            report.countFrom(firstCounted);
            int fresh = report.fold(events);
            int erased = events.below(firstCounted);
            Events counted = new Events(fresh, events.size() - fresh - erased, erased);
            if (fresh == 0) {
                if (report.isEmpty() && !report.isNew()) {
                    emptied.add(report);
                    folded.put(report.key(), counted);
                } else {
                    counted.count(metrics);
                }
                return;
            }
            if (calendar.isSealed(report.key().week(), run.published())) {
                report.correct(run.id());
            }
            changed.add(report);
            folded.put(report.key(), counted);
            bytes += report.bytes();
            if (bytes >= BYTES_AT_ONCE) {
                flush();
            }
        }

        void flush() {
            Set<Key> lost = new HashSet<>();
            if (!changed.isEmpty()) {
                lost.addAll(await(reports.save(changed)));
                lost.addAll(erasedMeanwhile(lost));
            }
            if (!emptied.isEmpty()) {
                long deleted = await(reports.delete(
                        emptied.stream().map(WeeklyReport::stored).toList()));
                if (deleted < emptied.size()) { // others have saved or deleted some of them
                    emptied.forEach(report -> lost.add(report.key()));
                }
            }
            conflicts.addAll(lost);
            folded.keySet().removeAll(lost); // those are counted when they are folded again
            folded.values().forEach(events -> events.count(metrics));
            changed.clear();
            emptied.clear();
            folded.clear();
            bytes = 0;
        }

        /**
         * Returns the new reports whose author was erased since the last look: the deletion may have come before them. A report
         * that was loaded needs no second look, because it is not saved once it is deleted.
         */
        private Set<Key> erasedMeanwhile(Set<Key> lost) {
            List<WeeklyReport> inserted = changed.stream()
                    .filter(report -> report.isNew() && !lost.contains(report.key()))
                    .toList();
            if (inserted.isEmpty()) {
                return Set.of();
            }
            Map<String, Erasure> latest = erasures.stored(
                    authors(inserted.stream().map(WeeklyReport::key).toList()));
            return inserted.stream()
                    .filter(report -> {
                        Erasure erasure = latest.get(report.key().authorId());
                        return erasure != null && !erasure.mark().equals(report.erasure());
                    })
                    .map(WeeklyReport::key)
                    .collect(Collectors.toSet());
        }
    }
}
