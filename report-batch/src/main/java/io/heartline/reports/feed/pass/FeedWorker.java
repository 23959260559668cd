package io.heartline.reports.feed.pass;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.feed.FeedLease;
import io.heartline.reports.feed.LeasedThread;
import io.heartline.reports.settings.DatabaseSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The thread that enters reports into the feed, apart from the thread of runs. */
public class FeedWorker extends LeasedThread {

    private final DatabaseSettings settings;
    private final SealingPass pass;
    private final ErasedRetention retention;

    /** @param interval between two checks for missing reports; null for an instance without this thread */
    FeedWorker(
            DatabaseSettings settings,
            FeedLease lease,
            SealingPass pass,
            ErasedRetention retention,
            @Nullable Duration interval) {
        super(lease, "report-feed", "the feed of revisions", interval);
        this.settings = settings;
        this.pass = pass;
        this.retention = retention;
    }

    /**
     * Enters all reports of sealed weeks that are missing, unless another instance does so. Blocks the calling thread. No other thread
     * may call it concurrently.
     */
    public void enterMissing() {
        await(settings.checkOrCreate());
        if (!mayContinue()) {
            return;
        }
        try {
            pass.enterMissing(this::mayContinue);
            retention.removeIfDue();
        } finally {
            release();
        }
    }

    @Override
    protected void execute() {
        enterMissing();
        markHealthy();
    }
}
