package io.heartline.reports.webhook;

import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.read.feed.FeedItem;
import io.heartline.reports.read.feed.FeedReport;
import java.time.Instant;

/** Changes without a database. */
final class TestItems {

    static final FeedCursor START = new FeedCursor("5f2a9c0e1d4b3a76", 0, 0);

    private TestItems() {}

    static FeedItem item(long number, String author) {
        return new FeedItem(
                START.at(number).toString(),
                ChangeReason.erased,
                new FeedReport.Erased(author, "2026-W47"),
                Instant.ofEpochSecond(number));
    }

    static Delivery delivery(long number, String author) {
        return Delivery.of(item(number, author), 0);
    }
}
