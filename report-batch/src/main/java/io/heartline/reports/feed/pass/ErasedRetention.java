package io.heartline.reports.feed.pass;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.feed.Change;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.fold.DueReports;
import io.heartline.reports.fold.ReportKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Removes changes of erased reports that are older than 35 days. A mirror that has not applied them has to start over. */
final class ErasedRetention {

    static final Duration RETENTION = Duration.ofDays(35);

    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final int CHANGES_PER_BATCH = 500;

    private final ChangeStore changes;
    private final FeedStore feed;
    private final DueReports reports;
    private final InstantSource clock;
    private @Nullable Instant lastRemoval;

    ErasedRetention(ChangeStore changes, FeedStore feed, DueReports reports, InstantSource clock) {
        this.changes = changes;
        this.feed = feed;
        this.reports = reports;
        this.clock = clock;
    }

    /** Removes a batch of old changes, unless it has done so within the last hour and found the last ones. */
    void removeIfDue() {
        Instant now = clock.instant();
        boolean isDue = lastRemoval == null
                || now.isBefore(lastRemoval) // the clock was set back
                || !now.isBefore(lastRemoval.plus(INTERVAL));
        if (isDue && remove(now) < CHANGES_PER_BATCH) {
            lastRemoval = now;
        }
    }

    private int remove(Instant now) {
        long last = await(changes.last());
        List<Change> old = await(changes.erasedBefore(now.minus(RETENTION), last, CHANGES_PER_BATCH));
        if (!old.isEmpty()) {
            // before the removal, so that a reader that misses a change sees it
            await(feed.raiseRemovedThrough(old.get(old.size() - 1).number()));
            Set<ReportKey> keys = old.stream().map(Change::key).collect(Collectors.toSet());
            Set<ReportKey> stored = await(
                    reports.figures(keys).map(report -> report.figures().key()).collect(Collectors.toSet()));
            for (Change change : old) {
                // without a report, changes after it were appended while the report was deleted
                long end = stored.contains(change.key()) ? change.number() + 1 : last;
                await(changes.removeBefore(change.key(), end));
            }
        }
        return old.size();
    }
}
