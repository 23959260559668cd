package io.heartline.reports.feed;

import io.heartline.reports.fold.ReportKey;
import java.time.Instant;

/**
 * A change of a report in the feed. It has no figures.
 *
 * @param number the place in the feed, from 1; 0 until the change is appended
 * @param key the week and the author of the report
 * @param reason why the report was entered
 * @param at when the report was entered, by the clock of the instance that entered it
 */
public record Change(long number, ReportKey key, ChangeReason reason, Instant at) {

    /**
     * {@return a change that is not appended yet}
     *
     * @param key the week and the author of the report
     * @param reason why the report is entered
     * @param at the time by the caller's clock
     */
    public static Change of(ReportKey key, ChangeReason reason, Instant at) {
        return new Change(0, key, reason, at);
    }
}
