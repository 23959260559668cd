package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.threeten.extra.YearWeek;

class WeekCalendarTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-16T00:00:00Z,     UTC,              2026-W47",
        "2026-11-22T23:59:59.999Z, UTC,              2026-W47",
        "2026-11-23T00:00:00Z,     UTC,              2026-W48",
        "2027-01-03T23:59:59.999Z, UTC,              2026-W53",
        "2027-01-04T00:00:00Z,     UTC,              2027-W01",
        "2026-11-22T23:30:00Z,     Europe/Berlin,    2026-W48",
        "2026-11-23T03:00:00Z,     America/New_York, 2026-W47",
    })
    void week_isTheIsoWeekInTheZone(Instant at, ZoneId zone, String week) {
        assertThat(new WeekCalendar(zone, Duration.ofHours(24)).week(at)).hasToString(week);
    }

    @Test
    void aWeek_isSealedOnceItsGraceIsOver() {
        WeekCalendar calendar = new WeekCalendar(ZoneId.of("UTC"), Duration.ofHours(24));
        YearWeek week = YearWeek.of(2026, 47);

        assertThat(calendar.isSealed(week, null)).isFalse();
        assertThat(calendar.isSealed(week, Instant.parse("2026-11-23T23:59:59.999Z")))
                .isFalse();
        assertThat(calendar.isSealed(week, Instant.parse("2026-11-24T00:00:00Z")))
                .isTrue();
    }
}
