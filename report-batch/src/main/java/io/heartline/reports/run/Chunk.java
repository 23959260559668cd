package io.heartline.reports.run;

import io.heartline.events.LikeEvent;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events that were pulled and are not folded yet, by the report they belong to and in the order of the log. */
final class Chunk {

    /** An event with its place in the log and its day of the week, 0 to 6. */
    record Entry(LikeEvent event, int day, long offset) {}

    private final WeekCalendar calendar;
    private final Map<Key, List<Entry>> entries = new LinkedHashMap<>();

    Chunk(WeekCalendar calendar) {
        this.calendar = calendar;
    }

    void add(LikeEvent event, long offset) {
        entries.computeIfAbsent(new Key(calendar.week(event.at()), event.authorId()), key -> new ArrayList<>())
                .add(new Entry(event, calendar.dayOfWeek(event.at()), offset));
    }

    List<Entry> of(Key key) {
        return entries.get(key);
    }

    List<Key> keys() {
        return List.copyOf(entries.keySet());
    }
}
