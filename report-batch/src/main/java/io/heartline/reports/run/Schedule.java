package io.heartline.reports.run;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.TriggerContext;
import org.springframework.scheduling.support.CronExpression;

/**
 * When the next scheduled run starts, by what the clock says now. Spring's own trigger goes by the last run's time: after a
 * clock has been put back an hour, it waits for that time to come again.
 */
final class Schedule implements Trigger {

    // timers and clocks are not the same: who is woken at 11:59:59.999 for noon has done noon
    private static final Duration EARLY = Duration.ofSeconds(1);

    private final CronExpression cron;
    private final InstantSource clock;

    Schedule(CronExpression cron, InstantSource clock) {
        this.cron = cron;
        this.clock = clock;
    }

    @Override
    public Instant nextExecution(TriggerContext context) {
        Instant now = clock.instant();
        Instant last = context.lastScheduledExecution();
        boolean isEarly = last != null && last.isAfter(now) && !last.isAfter(now.plus(EARLY));
        ZonedDateTime next = cron.next((isEarly ? last : now).atZone(ZoneId.systemDefault()));
        return next == null ? null : next.toInstant();
    }
}
