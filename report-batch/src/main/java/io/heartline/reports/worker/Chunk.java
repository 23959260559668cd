package io.heartline.reports.worker;

import io.heartline.events.LikeEvent;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.PendingEvents;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Events that were pulled and are not folded yet, by report. */
final class Chunk {

    private final WeekCalendar calendar;
    private final KeyedHash hash;
    private final Map<ReportKey, PendingEvents> reports = new LinkedHashMap<>();

    Chunk(WeekCalendar calendar, KeyedHash hash) {
        this.calendar = calendar;
        this.hash = hash;
    }

    void add(LikeEvent event, long offset) {
        ReportKey key = new ReportKey(calendar.week(event.at()), event.authorId());
        PendingEvents events = reports.get(key);
        if (events == null) {
            events = new PendingEvents(hash);
            reports.put(key, events);
        }
        events.add(event, calendar.dayOfWeek(event.at()), offset);
    }

    /** Returns the number of reports. */
    int reportCount() {
        return reports.size();
    }

    /**
     * Returns a slice of the reports, in the order in which their first events were added.
     *
     * @param from inclusive
     * @param to exclusive; may be larger than the number of reports
     */
    Map<ReportKey, PendingEvents> reports(int from, int to) {
        Map<ReportKey, PendingEvents> slice = new HashMap<>();
        reports.entrySet().stream()
                .skip(from)
                .limit(to - from)
                .forEach(report -> slice.put(report.getKey(), report.getValue()));
        return slice;
    }
}
