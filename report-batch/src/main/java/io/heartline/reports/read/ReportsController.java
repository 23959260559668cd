package io.heartline.reports.read;

import io.heartline.events.Identifier;
import io.heartline.reports.InvalidParameterException;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport.Key;
import io.heartline.reports.run.Progress;
import io.heartline.reports.run.ProgressStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

@RestController
class ReportsController {

    private final ReportStore reports;
    private final ProgressStore progress;
    private final WeekCalendar calendar;

    ReportsController(ReportStore reports, ProgressStore progress, WeekCalendar calendar) {
        this.reports = reports;
        this.progress = progress;
        this.calendar = calendar;
    }

    @GetMapping("/v1/authors/{authorId}/reports/{week}")
    Mono<ReportView> report(@PathVariable String authorId, @PathVariable String week) {
        if (!Identifier.isValid(authorId)) {
            throw new InvalidParameterException("authorId", Identifier.RULE);
        }
        YearWeek asked = WeekParameter.parse(week, calendar.week(Instant.now()));
        // progress first: a report read after it holds at least what it promises
        return progress.all().flatMap(at -> view(new Key(asked, authorId), at));
    }

    private Mono<ReportView> view(Key key, Map<Integer, Progress> at) {
        Key before = new Key(key.week().minusWeeks(1), key.authorId());
        return reports.figures(List.of(key, before))
                .collectMap(Figures::key)
                .map(found -> ReportView.of(
                        found.getOrDefault(key, Figures.none(key)),
                        found.getOrDefault(before, Figures.none(before)),
                        calendar,
                        at));
    }
}
