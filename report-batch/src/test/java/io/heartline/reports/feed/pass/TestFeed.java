package io.heartline.reports.feed.pass;

import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.feed.FaultyFeed;
import io.heartline.reports.feed.FeedLease;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.reports.worker.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** The part of an instance that enters reports into the feed, with a listener at each write. */
public final class TestFeed {

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final SealingPass pass;
    final ErasedRetention retention;
    final FeedWorker worker;

    /**
     * Creates an instance without a thread.
     *
     * @param database the database and its clock
     * @param onStep called before and after each write; it may throw, as a crash does
     */
    public TestFeed(TestDatabase database, Runnable onStep) {
        FaultyFeed faulty = new FaultyFeed(database.mongo, onStep);
        SealingPass.Stores stores = new SealingPass.Stores(
                new ReportStore(database.mongo),
                faulty.due,
                faulty.changes,
                faulty.feed,
                new ErasureStore(database.mongo),
                new ProgressStore(database.mongo));
        pass = new SealingPass(stores, TestDatabase.CALENDAR, new FeedMetrics(registry), database.clock);
        retention = new ErasedRetention(faulty.changes, faulty.feed, faulty.due, database.clock);
        worker = new FeedWorker(
                new DatabaseSettings(database.mongo, TestDatabase.CALENDAR.zone(), LikeFixtures.HASH),
                new FeedLease(database.mongo, FeedLease.SEALING, database.clock),
                pass,
                retention,
                null);
    }

    /** Enters all reports that are missing, unless another instance has the lease. */
    public void enterMissing() {
        worker.enterMissing();
    }

    /** Enters all reports that are missing, whether another instance has the lease or not. */
    public void enterMissingWithoutLease() {
        pass.enterMissing(() -> true);
    }

    /** Removes old changes of erased reports, unless this instance has done so within the last hour. */
    public void removeOldChanges() {
        retention.removeIfDue();
    }

    double changes(String reason) {
        return registry.get("heartline.reports.feed.changes")
                .tag("reason", reason)
                .counter()
                .count();
    }

    double completeAt() {
        return registry.get("heartline.reports.feed.complete.timestamp").gauge().value();
    }
}
