package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.scheduling.support.CronExpression;

class CronScheduleTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration WATCH = Duration.ofSeconds(2);

    private final TestClock clock = new TestClock(NOON.plusSeconds(1));
    private final CronSchedule schedule = new CronSchedule(CronExpression.parse("0 */5 * * * *"), clock);

    @Test
    void firstRun_isDueOnce_atTheNextTime() {
        assertThat(schedule.isDue()).isFalse();
        clock.advance(Duration.ofSeconds(299));

        assertThat(schedule.isDue()).isTrue();
        assertThat(schedule.isDue()).isFalse();
        clock.advance(Duration.ofSeconds(299));
        assertThat(schedule.isDue()).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(schedule.isDue()).isTrue();
    }

    @Test
    void timesMissedDuringALongRun_causeOneRun() {
        clock.advance(Duration.ofHours(3));

        assertThat(schedule.isDue()).isTrue();
        assertThat(schedule.isDue()).isFalse();
    }

    @Test
    void clockSetBack_nextRunIsTheNextByTheClock() {
        clock.advance(Duration.ofHours(1));
        assertThat(schedule.isDue()).isTrue();

        clock.advance(Duration.ofHours(-1));

        assertThat(schedule.isDue()).isFalse();
        clock.advance(Duration.ofSeconds(299));
        assertThat(schedule.isDue()).isTrue();
    }

    @Test
    void clockSetBackByMilliseconds_doesNotRepeatARun() {
        clock.advance(Duration.ofSeconds(299));
        assertThat(schedule.isDue()).isTrue();

        clock.advance(Duration.ofMillis(-3));
        assertThat(schedule.isDue()).isFalse();
        clock.advance(Duration.ofMillis(3));

        assertThat(schedule.isDue()).isFalse();
    }

    @Test
    void wait_endsAtTheNextTime_orEarlierAtTheLimit() {
        assertThat(schedule.untilDue(WATCH)).isEqualTo(WATCH);
        clock.advance(Duration.ofMillis(298_500));

        assertThat(schedule.untilDue(WATCH)).isEqualTo(Duration.ofMillis(501));
        clock.advance(Duration.ofSeconds(5));
        assertThat(schedule.untilDue(WATCH)).isZero();
    }

    @Test
    void withoutASchedule_noRunIsDue() {
        CronSchedule never = new CronSchedule(null, clock);
        clock.advance(Duration.ofDays(400));

        assertThat(never.isDue()).isFalse();
        assertThat(never.untilDue(WATCH)).isEqualTo(WATCH);
    }
}
