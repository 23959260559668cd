package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.scheduling.TriggerContext;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.scheduling.support.SimpleTriggerContext;

class ScheduleTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Instant FIVE_PAST = NOON.plusSeconds(300);

    private final TestClock clock = new TestClock(NOON);
    private final Schedule schedule = new Schedule(CronExpression.parse("0 */5 * * * *"), clock);

    @Test
    void theFirstRun_isTheNextByTheClock() {
        clock.advance(Duration.ofSeconds(1));

        assertThat(schedule.nextExecution(new SimpleTriggerContext())).isEqualTo(FIVE_PAST);
    }

    @Test
    void afterTheClockWasPutBack_theNextRunIsTheNextByTheClock() {
        TriggerContext anHourAhead = after(NOON.plusSeconds(3_600));

        assertThat(schedule.nextExecution(anHourAhead)).isEqualTo(FIVE_PAST);
    }

    @Test
    void aRunThatCameAMomentEarly_doesNotComeAgain() {
        TriggerContext woken = after(NOON);
        clock.advance(Duration.ofMillis(-3));

        assertThat(schedule.nextExecution(woken)).isEqualTo(FIVE_PAST);
    }

    private static TriggerContext after(Instant scheduled) {
        return new SimpleTriggerContext(scheduled, scheduled, scheduled);
    }
}
