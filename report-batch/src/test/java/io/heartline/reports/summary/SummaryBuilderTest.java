package io.heartline.reports.summary;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Liked;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore.StoredReport;
import io.heartline.reports.fold.StoredLikers;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.read.ReportView.Day;
import io.heartline.reports.read.WeekRange;
import io.heartline.reports.summary.SummaryView.Month;
import io.heartline.reports.summary.SummaryView.Week;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;

class SummaryBuilderTest {

    private static final String CHECK = LikeFixtures.HASH.checkValue();

    private static SummaryView summary(YearWeek from, YearWeek to, LocalDate... likes) {
        SummaryBuilder builder = new SummaryBuilder("alice", new WeekRange(from, to), CHECK, true);
        Map<YearWeek, WeeklyReport> reports = new TreeMap<>();
        for (int i = 0; i < likes.length; i++) {
            YearWeek week = YearWeek.from(likes[i]);
            reports.computeIfAbsent(week, key -> new WeeklyReport(new ReportKey(key, "alice"), "e", 0))
                    .fold(
                            LikeFixtures.HASH,
                            new Liked(
                                    "e",
                                    "p-" + i,
                                    "alice",
                                    "bob",
                                    likes[i].atTime(12, 0).toInstant(ZoneOffset.UTC)),
                            likes[i].getDayOfWeek().ordinal(),
                            i);
        }
        reports.values().forEach(report -> builder.add(new StoredReport(report.figures(), StoredLikers.of(report))));
        return builder.build(ZoneOffset.UTC, null, null);
    }

    @Test
    void weekAcrossTwoMonths_belongsToBoth_byItsDays() {
        YearWeek week = YearWeek.of(2026, 40); // 28 September to 4 October

        SummaryView summary =
                summary(week, week, LocalDate.of(2026, 9, 30), LocalDate.of(2026, 10, 1), LocalDate.of(2026, 10, 4));

        assertThat(summary.from()).isEqualTo(LocalDate.of(2026, 9, 28));
        assertThat(summary.to()).isEqualTo(LocalDate.of(2026, 10, 4));
        assertThat(summary.byMonth()).containsExactly(new Month("2026-09", 1, false), new Month("2026-10", 2, false));
        assertThat(summary.byWeek()).containsExactly(new Week("2026-W40", 3, 0, 1));
        assertThat(summary.byDay()).hasSize(7).contains(new Day(LocalDate.of(2026, 10, 4), 1));
        assertThat(summary.likes()).isEqualTo(3);
        assertThat(summary.likers()).isEqualTo(1);
    }

    @Test
    void yearOf53Weeks_hasFourteenMonths_ofWhichTheFirstAndTheLastAreIncomplete() {
        SummaryView summary = summary(
                YearWeek.of(2026, 1),
                YearWeek.of(2026, 53),
                LocalDate.of(2025, 12, 29),
                LocalDate.of(2026, 12, 31),
                LocalDate.of(2027, 1, 3));

        assertThat(summary.byWeek()).hasSize(53).last().isEqualTo(new Week("2026-W53", 2, 0, 1));
        assertThat(summary.byDay()).hasSize(371);
        assertThat(summary.byMonth()).hasSize(14);
        assertThat(summary.byMonth().get(0)).isEqualTo(new Month("2025-12", 1, false));
        assertThat(summary.byMonth().get(12)).isEqualTo(new Month("2026-12", 1, true));
        assertThat(summary.byMonth().get(13)).isEqualTo(new Month("2027-01", 1, false));
        assertThat(summary.byMonth().subList(1, 13)).allMatch(Month::complete);
    }

    @Test
    void month_isComplete_ifItsFirstAndLastDaysAreTheBordersOfTheRange() {
        // February 2027 starts on a Monday and ends on a Sunday
        YearWeek first = YearWeek.from(LocalDate.of(2027, 2, 1));

        assertThat(summary(first, first.plusWeeks(3)).byMonth()).containsExactly(new Month("2027-02", 0, true));
        assertThat(summary(first, first.plusWeeks(2)).byMonth()).containsExactly(new Month("2027-02", 0, false));
        assertThat(summary(first.plusWeeks(1), first.plusWeeks(3)).byMonth())
                .containsExactly(new Month("2027-02", 0, false));
    }

    @Test
    void weekWithoutReport_isZeros() {
        SummaryView summary = summary(YearWeek.of(2026, 52), YearWeek.of(2027, 1));

        assertThat(summary.byWeek())
                .containsExactly(
                        new Week("2026-W52", 0, 0, 0), new Week("2026-W53", 0, 0, 0), new Week("2027-W01", 0, 0, 0));
        assertThat(summary.byDay()).hasSize(21).allMatch(day -> day.likes() == 0);
        assertThat(summary.likersError()).isZero();
    }
}
