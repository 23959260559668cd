package io.heartline.reports.worker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/**
 * The times at which a scheduled run is due. The worker's own thread looks at it, because a timer of another thread ends
 * silently if an {@link Error} prevents it from setting its next time. Confined to that thread.
 */
final class CronSchedule {

    /** If the clock is set back by less than this after a run was due, the run is not due again. */
    private static final Duration MAX_EARLY = Duration.ofSeconds(1);

    private final @Nullable CronExpression cron;
    private final InstantSource clock;
    private @Nullable Instant next;
    private @Nullable Instant last;

    /** @param cron null for no scheduled runs */
    CronSchedule(@Nullable CronExpression cron, InstantSource clock) {
        this.cron = cron;
        this.clock = clock;
        next = nextAfter(clock.instant());
    }

    /** Returns true once for each time of the schedule, and once for all times that have passed since the last call. */
    boolean isDue() {
        Instant now = clock.instant();
        adjustToClock(now);
        if (next == null || now.isBefore(next)) {
            return false;
        }
        last = next;
        next = nextAfter(now);
        return true;
    }

    /**
     * Returns how long to wait until a run is due.
     *
     * @param max the longest wait that is returned
     */
    Duration untilDue(Duration max) {
        Instant now = clock.instant();
        if (next == null || next.isAfter(now.plus(max))) {
            return max;
        }
        return next.isBefore(now) ? Duration.ZERO : Duration.between(now, next).plusMillis(1);
    }

    /** Computes the next time again. If the clock was set back, the next time may become earlier. */
    private void adjustToClock(Instant now) {
        boolean isEarly = last != null && last.isAfter(now) && !last.isAfter(now.plus(MAX_EARLY));
        Instant nextByTheClock = nextAfter(isEarly ? last : now);
        if (next != null && nextByTheClock != null && nextByTheClock.isBefore(next)) {
            next = nextByTheClock;
        }
    }

    private @Nullable Instant nextAfter(Instant instant) {
        ZonedDateTime nextTime = cron == null ? null : cron.next(instant.atZone(ZoneId.systemDefault()));
        return nextTime == null ? null : nextTime.toInstant();
    }
}
