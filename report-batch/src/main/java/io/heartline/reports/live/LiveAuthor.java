package io.heartline.reports.live;

import io.heartline.events.LikeEvent;
import io.heartline.events.Position;
import io.heartline.reports.erasure.Erasure;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.StoredLikers;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.read.ReportView;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/**
 * The folded state of one author: the reports of the weeks that clients watch, and of the weeks before them. A report compares its likers
 * with those of the week before. Not thread-safe: the loader's thread hands it to the tail's thread.
 */
final class LiveAuthor {

    private final String id;
    private final Progress progress;
    private final Map<YearWeek, WeeklyReport> reports = new HashMap<>();
    private final Map<YearWeek, StoredRevision> stored = new HashMap<>();
    private long next;

    /**
     * The stored report of a week.
     *
     * @param revision the number of the latest correction
     * @param events the number of records that the report includes
     */
    record StoredRevision(int revision, long events) {

        static StoredRevision of(Figures stored) {
            return new StoredRevision(stored.revision(), eventsOf(stored));
        }

        /** Returns the revision that a run would store now: one more if the sealed week has changed since. */
        int revisionOf(Figures live) {
            return eventsOf(live) > events ? revision + 1 : revision;
        }

        private static long eventsOf(Figures figures) {
            return figures.likedEvents() + figures.unlikedEvents();
        }
    }

    /**
     * The latest erasures that concern an author.
     *
     * @param mark of the author's own erasure; null if the author was never erased
     * @param likers the number of the latest erasure of a liker; 0 for none
     */
    record LatestErasures(@Nullable String mark, long likers) {

        static final LatestErasures NONE = new LatestErasures(null, 0);

        static LatestErasures of(@Nullable Erasure author, long likers) {
            return new LatestErasures(author == null ? null : author.mark(), likers);
        }
    }

    /**
     * Creates a state without reports.
     *
     * @param progress the author's partition when the reports were loaded; the state includes all records below its {@code next}
     */
    LiveAuthor(String id, Progress progress) {
        this.id = id;
        this.progress = progress;
        this.next = progress.next();
    }

    /** Returns the weeks whose reports must be loaded, so that the given weeks can be watched. */
    static Set<YearWeek> requiredFor(Collection<YearWeek> weeks) {
        return weeks.stream()
                .flatMap(week -> Stream.of(week, week.minusWeeks(1)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Adds a report that was loaded, and that no event was folded into since. */
    void add(WeeklyReport report) {
        YearWeek week = report.key().week();
        reports.put(week, report);
        stored.put(week, StoredRevision.of(report.figures()));
    }

    /** Takes over the reports of the weeks that this state does not have. */
    void addMissing(LiveAuthor other) {
        other.reports.forEach(reports::putIfAbsent);
        other.stored.forEach(stored::putIfAbsent);
    }

    /** Removes the reports that are not required to watch the given weeks. */
    void retain(Collection<YearWeek> weeks) {
        Set<YearWeek> required = requiredFor(weeks);
        reports.keySet().retainAll(required);
        stored.keySet().retainAll(required);
    }

    /** Records what a run has stored since. */
    void setStored(YearWeek week, StoredRevision revision) {
        if (stored.containsKey(week)) {
            stored.put(week, revision);
        }
    }

    /**
     * Folds an event into the report of its week, unless that report is not watched or includes the record already.
     *
     * @return the week whose report has changed; null if none has
     */
    @Nullable
    YearWeek fold(LikeEvent event, long offset, WeekCalendar calendar, KeyedHash hash) {
        YearWeek week = calendar.week(event.at());
        WeeklyReport report = reports.get(week);
        return report != null && report.fold(hash, event, calendar.dayOfWeek(event.at()), offset) ? week : null;
    }

    /** Records that all records below an offset are folded. */
    void advanceTo(long offset) {
        next = Math.max(next, offset);
    }

    /**
     * Returns the report of a watched week.
     *
     * @param asOf each like that was logged before this time is in the stored reports; null before the first run
     */
    ReportView view(YearWeek week, WeekCalendar calendar, @Nullable Instant asOf) {
        WeeklyReport report = reports.get(week);
        WeeklyReport previous = reports.get(week.minusWeeks(1));
        Figures figures = report.figures();
        boolean isSealed = calendar.isSealed(week, asOf);
        return ReportView.of(
                isSealed ? figures.withRevision(stored.get(week).revisionOf(figures)) : figures,
                StoredLikers.of(report).returningFrom(StoredLikers.of(previous)),
                previous.figures(),
                calendar,
                asOf,
                through().toString());
    }

    /** Returns the position of the last record that is included. */
    Position through() {
        return new Position(progress.epoch(), partition(), next - 1);
    }

    String id() {
        return id;
    }

    int partition() {
        return progress.partition();
    }

    /** Returns the first offset that is not included. */
    long next() {
        return next;
    }

    /** Returns the author's partition when the reports were loaded. */
    Progress progress() {
        return progress;
    }

    /** Returns whether the reports were loaded after these erasures. */
    boolean isFoldedAfter(LatestErasures erasures) {
        return reports.values().stream()
                .allMatch(report -> (erasures.mark == null || erasures.mark.equals(report.erasure()))
                        && erasures.likers <= report.likerErasures());
    }

    /** Returns the weeks that are loaded. */
    Set<YearWeek> weeks() {
        return Set.copyOf(reports.keySet());
    }

    /** Returns whether a week can be watched without loading more reports. */
    boolean hasReportsFor(YearWeek week) {
        return reports.keySet().containsAll(requiredFor(List.of(week)));
    }

    int memoryBytes() {
        return reports.values().stream().mapToInt(WeeklyReport::memoryBytes).sum();
    }
}
