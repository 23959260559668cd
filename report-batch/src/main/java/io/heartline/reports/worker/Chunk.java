package io.heartline.reports.worker;

import io.heartline.events.LikeEvent;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.PendingEvents;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.threeten.extra.YearWeek;

/** Events that were pulled and are not folded yet, by report. */
final class Chunk {

    private final WeekCalendar calendar;
    private final KeyedHash hash;
    private final Map<String, List<PendingReport>> reportsByAuthor = new HashMap<>();
    private final List<PendingReport> pendingReports = new ArrayList<>();

    /** The events of one report. An author mostly has one or two reports in a chunk. */
    private record PendingReport(ReportKey key, PendingEvents events) {}

    Chunk(WeekCalendar calendar, KeyedHash hash) {
        this.calendar = calendar;
        this.hash = hash;
    }

    void add(LikeEvent event, long offset) {
        eventsOf(event.authorId(), calendar.week(event.at())).add(event, calendar.dayOfWeek(event.at()), offset);
    }

    private PendingEvents eventsOf(String author, YearWeek week) {
        List<PendingReport> ofAuthor = reportsByAuthor.computeIfAbsent(author, any -> new ArrayList<>(1));
        for (PendingReport report : ofAuthor) {
            if (report.key.week().equals(week)) {
                return report.events;
            }
        }
        PendingReport added = new PendingReport(new ReportKey(week, author), new PendingEvents(hash));
        ofAuthor.add(added);
        pendingReports.add(added);
        return added.events;
    }

    /** Returns the number of reports. */
    int reportCount() {
        return pendingReports.size();
    }

    /**
     * Returns a slice of the reports, in the order in which their first events were added.
     *
     * @param from inclusive
     * @param to exclusive; may be larger than the number of reports
     */
    Map<ReportKey, PendingEvents> reports(int from, int to) {
        Map<ReportKey, PendingEvents> slice = new HashMap<>();
        pendingReports
                .subList(from, Math.min(to, pendingReports.size()))
                .forEach(report -> slice.put(report.key, report.events));
        return slice;
    }
}
