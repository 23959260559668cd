package io.heartline.reports.live;

import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.read.ReportView;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/** A week of one author, and the clients that watch it. Confined to the tail's thread. */
final class WatchedWeek {

    /** A report may have 16,000 likers to compare with the week before, so it is computed at most ten times a second. */
    private static final long MIN_INTERVAL_NANOS = Duration.ofMillis(100).toNanos();

    final YearWeek week;
    final Set<LiveClient> clients = new LinkedHashSet<>();

    private @Nullable Snapshot snapshot;
    private boolean isChanged;
    private long computedAt;
    private long snapshotNext;

    /** The offset below which all records must be folded before the report is complete; null until it is loaded. */
    private @Nullable Long readyAt;

    /**
     * The present report of the week.
     *
     * @param figures the report without {@code asOf} and {@code through}, for a comparison
     * @param event the report as an event
     */
    record Snapshot(ReportView figures, byte[] event) {}

    WatchedWeek(YearWeek week) {
        this.week = week;
    }

    /** Records that the report is loaded, and complete once all records below an offset are folded. */
    void setReadyAt(long offset) {
        readyAt = offset;
        isChanged = true;
    }

    boolean isLoaded() {
        return readyAt != null;
    }

    /** Records that the report must be loaded again. */
    void unload() {
        readyAt = null;
    }

    /**
     * Returns whether the report is complete.
     *
     * @param position all records of the partition below this offset are folded
     */
    boolean isComplete(long position) {
        return readyAt != null && position >= readyAt;
    }

    /** Records that the report may have changed. */
    void change() {
        isChanged = true;
    }

    /**
     * Sends the present report to each client that lacks it and may receive it now. The report must be complete.
     *
     * @param position all records of the partition below this offset are folded
     * @param asOf each like that was logged before this time is in the stored reports; null before the first run
     * @param encode returns the JSON of a report
     * @param now in nanoseconds
     * @return the time at which the next client may receive it; null if no client lacks it
     */
    @Nullable
    Long publish(
            LiveAuthor author,
            long position,
            WeekCalendar calendar,
            @Nullable Instant asOf,
            Function<ReportView, byte[]> encode,
            long now) {
        author.advanceTo(position);
        Due due = Due.NEVER;
        boolean hasNewClient = false;
        for (LiveClient client : clients) {
            if (isChanged || snapshot == null || client.lacks(snapshot)) {
                due = due.orAt(client.reportDueAt(author.through(), now));
                hasNewClient |= client.isNew();
            }
        }
        if (due.isAfter(now)) {
            return hasNewClient ? Long.valueOf(now) : due.time(); // a new client waits for a position
        }
        boolean isOutdated = isChanged || hasNewClient && snapshotNext < author.next();
        if (snapshot != null && isOutdated && !hasNewClient && now - computedAt < MIN_INTERVAL_NANOS) {
            return computedAt + MIN_INTERVAL_NANOS;
        }
        if (snapshot == null || isOutdated) {
            ReportView view = author.view(week, calendar, asOf);
            snapshot = new Snapshot(view.withoutProgress(), LiveEvent.report(view.through(), encode.apply(view)));
            snapshotNext = author.next();
            computedAt = now;
            isChanged = false;
        }
        return send(snapshot, author, now).time();
    }

    private Due send(Snapshot present, LiveAuthor author, long now) {
        Due due = Due.NEVER;
        for (LiveClient client : clients) {
            if (client.lacks(present)) {
                long at = client.reportDueAt(author.through(), now);
                if (now - at < 0) {
                    due = due.orAt(client.isNew() ? now : at);
                } else if (!client.sendReport(present, now)) {
                    due = due.orAt(now + MIN_INTERVAL_NANOS); // it does not read
                }
            }
        }
        return due;
    }

    /** The earliest of some times of the monotonic clock. */
    private record Due(@Nullable Long time) {

        static final Due NEVER = new Due(null);

        Due orAt(long other) {
            return time == null || other - time < 0 ? new Due(other) : this;
        }

        boolean isAfter(long now) {
            return time == null || time - now > 0;
        }
    }
}
