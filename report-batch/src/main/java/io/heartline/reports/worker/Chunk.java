package io.heartline.reports.worker;

import io.heartline.events.LikeEvent;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.PendingEvents;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

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
     * Hands the reports to {@code action} in batches, in the order in which their first events were added.
     *
     * @param size the maximum number of reports in a batch; the last one may have fewer
     * @param action may change the map that it gets
     */
    void forEachBatch(int size, Consumer<Map<ReportKey, PendingEvents>> action) {
        Map<ReportKey, PendingEvents> batch = new HashMap<>();
        for (Map.Entry<ReportKey, PendingEvents> report : reports.entrySet()) {
            batch.put(report.getKey(), report.getValue());
            if (batch.size() == size) {
                action.accept(batch);
                batch = new HashMap<>();
            }
        }
        if (!batch.isEmpty()) {
            action.accept(batch);
        }
    }
}
