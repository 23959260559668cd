package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

class WeekCalendarTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-16T00:00:00Z,     UTC,                 2026-W47, 0",
        "2026-11-22T23:59:59.999Z, UTC,                 2026-W47, 6",
        "2026-11-23T00:00:00Z,     UTC,                 2026-W48, 0",
        // a year of 53 weeks, whose last week ends in January
        "2026-12-31T12:00:00Z,     UTC,                 2026-W53, 3",
        "2027-01-01T00:00:00Z,     UTC,                 2026-W53, 4",
        "2027-01-03T23:59:59.999Z, UTC,                 2026-W53, 6",
        "2027-01-04T00:00:00Z,     UTC,                 2027-W01, 0",
        // a year whose first week begins in December
        "2024-12-29T23:59:59.999Z, UTC,                 2024-W52, 6",
        "2024-12-30T00:00:00Z,     UTC,                 2025-W01, 0",
        "2026-11-22T22:59:59.999Z, Europe/Berlin,       2026-W47, 6",
        "2026-11-22T23:00:00Z,     Europe/Berlin,       2026-W48, 0",
        "2026-11-23T03:00:00Z,     America/New_York,    2026-W47, 6",
        "2027-01-04T04:59:59.999Z, America/New_York,    2026-W53, 6",
        "2026-11-22T18:15:00Z,     Asia/Kathmandu,      2026-W48, 0",
        // the Sunday with 23 hours: a Monday in summer begins an hour earlier
        "2026-03-29T21:59:59.999Z, Europe/Berlin,       2026-W13, 6",
        "2026-03-29T22:00:00Z,     Europe/Berlin,       2026-W14, 0",
        // the Sunday with 25 hours
        "2026-10-25T22:59:59.999Z, Europe/Berlin,       2026-W43, 6",
        "2026-10-25T23:00:00Z,     Europe/Berlin,       2026-W44, 0",
        // a night without midnight: the day begins at 01:00
        "2026-09-06T03:59:59.999Z, America/Santiago,    2026-W36, 5",
        "2026-09-06T04:00:00Z,     America/Santiago,    2026-W36, 6",
        // a Friday that was skipped in Samoa
        "2011-12-30T09:59:59.999Z, Pacific/Apia,        2011-W52, 3",
        "2011-12-30T10:00:00Z,     Pacific/Apia,        2011-W52, 5",
        // the first and the last instant that a like can have, and the limits of the table
        "1970-01-01T00:00:00Z,     UTC,                 1970-W01, 3",
        "1970-01-01T00:00:00Z,     America/New_York,    1970-W01, 2",
        "2069-12-29T23:59:59.999Z, UTC,                 2069-W52, 6",
        "2069-12-30T00:00:00Z,     UTC,                 2070-W01, 0",
        "9999-12-30T23:59:59.999Z, UTC,                 9999-W52, 3",
        "9999-12-30T23:59:59.999Z, Pacific/Kiritimati,  9999-W52, 4",
    })
    void instant_hasTheIsoWeekAndDayOfTheZone(Instant at, ZoneId zone, String week, int dayOfWeek) {
        WeekCalendar calendar = new WeekCalendar(zone, Duration.ofHours(24));

        assertThat(calendar.week(at)).hasToString(week);
        assertThat(calendar.dayOfWeek(at)).isEqualTo(dayOfWeek);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTC",
                "Europe/Berlin",
                "America/New_York",
                "America/St_Johns",
                "Australia/Lord_Howe",
                "Asia/Kathmandu",
                "Pacific/Apia",
                "Africa/Casablanca",
                "+14:00"
            })
    void randomInstants_agreeWithJavaTime(ZoneId zone) {
        WeekCalendar calendar = new WeekCalendar(zone, Duration.ZERO);
        Random random = new Random(zone.hashCode());
        long end = Instant.parse("9999-12-31T00:00:00Z").toEpochMilli();
        for (int i = 0; i < 20_000; i++) {
            // half of the instants are in the table's century, and half of those within two hours of a UTC midnight
            long millis = random.nextLong(i % 2 == 0 ? end : end / 80);
            Instant at = Instant.ofEpochMilli(
                    i % 4 == 1 ? millis - millis % 86_400_000 + random.nextInt(-7_200_000, 7_200_000) : millis);
            LocalDate date = LocalDate.ofInstant(at, zone);

            assertThat(calendar.day(at)).isEqualTo(date);
            assertThat(calendar.week(at)).isEqualTo(YearWeek.from(date));
            assertThat(calendar.dayOfWeek(at)).isEqualTo(date.getDayOfWeek().ordinal());
        }
    }

    @Test
    void week_isSealedAfterItsGracePeriod() {
        WeekCalendar calendar = new WeekCalendar(ZoneId.of("UTC"), Duration.ofHours(24));
        YearWeek week = YearWeek.of(2026, 47);

        assertThat(calendar.isSealed(week, null)).isFalse();
        assertThat(calendar.isSealed(week, Instant.parse("2026-11-23T23:59:59.999Z")))
                .isFalse();
        assertThat(calendar.isSealed(week, Instant.parse("2026-11-24T00:00:00Z")))
                .isTrue();
    }

    @Test
    void lastWeekOfAYear_endsWithSundayInTheZone() {
        WeekCalendar calendar = new WeekCalendar(ZoneId.of("Europe/Berlin"), Duration.ZERO);

        assertThat(calendar.isSealed(YearWeek.of(2026, 53), Instant.parse("2027-01-03T22:59:59.999Z")))
                .isFalse();
        assertThat(calendar.isSealed(YearWeek.of(2026, 53), Instant.parse("2027-01-03T23:00:00Z")))
                .isTrue();
        assertThat(calendar.isSealed(YearWeek.of(2026, 13), Instant.parse("2026-03-29T21:59:59.999Z")))
                .as("sealed an hour earlier in summer")
                .isFalse();
        assertThat(calendar.isSealed(YearWeek.of(2026, 13), Instant.parse("2026-03-29T22:00:00Z")))
                .isTrue();
    }

    @Test
    void latestSealed_isTheLastWeekThatIsSealed() {
        WeekCalendar calendar = new WeekCalendar(ZoneId.of("Europe/Berlin"), Duration.ofHours(24));
        YearWeek week = YearWeek.of(2026, 53);
        Instant sealedAt = Instant.parse("2027-01-04T23:00:00Z");

        assertThat(calendar.end(week)).isEqualTo(Instant.parse("2027-01-03T23:00:00Z"));
        assertThat(calendar.latestSealed(sealedAt)).isEqualTo(week);
        assertThat(calendar.latestSealed(sealedAt.minusNanos(1))).isEqualTo(week.minusWeeks(1));
    }
}
