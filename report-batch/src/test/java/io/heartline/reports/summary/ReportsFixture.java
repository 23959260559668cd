package io.heartline.reports.summary;

import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.read.ProgressFixtures;
import io.heartline.reports.read.RecentProgress;
import io.heartline.reports.read.Reports;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;

/** Reports of a test's database, without a cache. */
final class ReportsFixture {

    private ReportsFixture() {}

    static Reports uncached(TestDatabase database) {
        ProgressStore progress = new ProgressStore(database.mongo);
        RecentProgress recent = ProgressFixtures.unshared(progress.all());
        return new Reports(
                null,
                ProgressFixtures.withoutSessions(),
                recent,
                null,
                null,
                TestDatabase.CALENDAR,
                database.clock,
                new ReadTimeout(Duration.ofSeconds(30)));
    }
}
