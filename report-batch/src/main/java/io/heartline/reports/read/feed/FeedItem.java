package io.heartline.reports.read.feed;

import io.heartline.reports.feed.ChangeReason;

/**
 * A change as the API returns it.
 *
 * @param cursor the place after this change
 * @param reason why the report was entered
 * @param report the report as it is stored now
 */
record FeedItem(String cursor, ChangeReason reason, FeedReport report) {}
