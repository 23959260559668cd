package io.heartline.reports.live;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The weeks whose clients may lack a report. A week that has changed is examined immediately. A week whose clients may not receive a report
 * yet is examined at most a hundred times a second, however often it changes meanwhile. Confined to the tail's thread. Time is in
 * nanoseconds of a monotonic clock.
 */
final class DueWeeks {

    private static final long MIN_INTERVAL_NANOS = Duration.ofMillis(10).toNanos();

    private final Set<WatchedWeek> changed = new LinkedHashSet<>();
    private final Set<WatchedWeek> pending = new LinkedHashSet<>();
    private long pendingDueAt;
    private long earliest; // when pending weeks may be examined again

    /** Adds a week that must be examined next, for example because it has a new client. */
    void add(WatchedWeek week) {
        changed.add(week);
    }

    /** Adds a week whose report has changed. */
    void change(WatchedWeek week) {
        if (pending.contains(week)) {
            pendingDueAt = pendingDueAt - earliest > 0 ? earliest : pendingDueAt;
        } else {
            changed.add(week);
        }
    }

    void remove(WatchedWeek week) {
        changed.remove(week);
        pending.remove(week);
    }

    /** Returns the weeks to examine now, and forgets them. */
    Set<WatchedWeek> take(long now) {
        Set<WatchedWeek> weeks = new LinkedHashSet<>(changed);
        changed.clear();
        if (!pending.isEmpty() && now - pendingDueAt >= 0) {
            weeks.addAll(pending);
            pending.clear();
        }
        return weeks;
    }

    /** Adds a week that is examined now, and must be examined again at a time or soon afterwards. */
    void addAgain(WatchedWeek week, long dueAt, long now) {
        earliest = now + MIN_INTERVAL_NANOS;
        long at = dueAt - earliest > 0 ? dueAt : earliest;
        pendingDueAt = pending.isEmpty() || at - pendingDueAt < 0 ? at : pendingDueAt;
        pending.add(week);
    }

    /** Returns the time until a week must be examined; {@link Long#MAX_VALUE} if there is none. */
    long nanosUntilNext(long now) {
        return pending.isEmpty() ? Long.MAX_VALUE : Math.max(0, pendingDueAt - now);
    }
}
