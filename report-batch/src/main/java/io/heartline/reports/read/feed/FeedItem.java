package io.heartline.reports.read.feed;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.heartline.reports.feed.ChangeReason;
import java.time.Instant;

/**
 * A change as the API returns it.
 *
 * @param cursor the place after this change
 * @param reason why the report was entered
 * @param report the report as it is stored now
 * @param enteredAt when the report was entered, which the API does not return
 */
public record FeedItem(
        String cursor,
        ChangeReason reason,
        FeedReport report,
        @JsonIgnore Instant enteredAt) {}
