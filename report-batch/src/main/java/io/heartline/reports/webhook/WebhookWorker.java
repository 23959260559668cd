package io.heartline.reports.webhook;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.feed.FeedLease;
import io.heartline.reports.feed.LeasedThread;
import io.heartline.reports.settings.DatabaseSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The thread that delivers changes to the webhook. */
final class WebhookWorker extends LeasedThread {

    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final DatabaseSettings settings;
    private final Deliverer.@Nullable Parts parts; // null only if the thread never starts

    /** @param parts null for an instance that delivers nothing */
    WebhookWorker(DatabaseSettings settings, FeedLease lease, Deliverer.@Nullable Parts parts) {
        super(lease, "report-webhook", "the webhook", parts == null ? null : PAUSE);
        this.settings = settings;
        this.parts = parts;
    }

    /** Delivers until this instance stops or another one delivers. */
    @Override
    protected void execute() throws InterruptedException {
        await(settings.checkOrCreate());
        if (!mayContinue()) {
            parts.metrics().notDelivering();
            return;
        }
        try {
            WebhookStore.Position position = await(
                    parts.store().findOrStart(parts.feed().feed(), parts.clock().instant()));
            markHealthy();
            new Deliverer(parts, position).run(this::mayContinue);
        } finally {
            release();
        }
    }

    @Override
    protected void close() {
        parts.client().close();
    }
}
