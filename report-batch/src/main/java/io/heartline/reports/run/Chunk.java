package io.heartline.reports.run;

import io.heartline.events.LikeEvent;
import io.heartline.reports.fold.Arrivals;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.threeten.extra.YearWeek;

/** Events that were pulled and are not folded yet, by the report they belong to. */
final class Chunk {

    private final WeekCalendar calendar;
    private final KeyedHash hash;
    private final Map<String, List<Week>> weeksOf = new HashMap<>();
    private final List<Week> weeks = new ArrayList<>();

    /** An author's, of whom there is one most of the time, or two. */
    private record Week(Key key, Arrivals arrivals) {}

    Chunk(WeekCalendar calendar, KeyedHash hash) {
        this.calendar = calendar;
        this.hash = hash;
    }

    void add(LikeEvent event, long offset) {
        arrivals(event.authorId(), calendar.week(event.at())).add(event, calendar.dayOfWeek(event.at()), offset);
    }

    private Arrivals arrivals(String author, YearWeek week) {
        List<Week> known = weeksOf.computeIfAbsent(author, any -> new ArrayList<>(1));
        for (Week one : known) {
            if (one.key.week().equals(week)) {
                return one.arrivals;
            }
        }
        Week first = new Week(new Key(week, author), new Arrivals(hash));
        known.add(first);
        weeks.add(first);
        return first.arrivals;
    }

    /** How many reports they belong to. */
    int reports() {
        return weeks.size();
    }

    /** Some of the reports, in the order in which they were first met. */
    Map<Key, Arrivals> reports(int from, int to) {
        Map<Key, Arrivals> some = new HashMap<>();
        weeks.subList(from, Math.min(to, weeks.size())).forEach(week -> some.put(week.key, week.arrivals));
        return some;
    }
}
