package io.heartline.reports.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.read.feed.FeedItem;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A message to the receiver, before it is signed.
 *
 * @param id the value of {@code webhook-id}, the same in each attempt
 * @param body a CloudEvent 1.0 in JSON, which a receiver must not change before it verifies the signature
 */
record Message(String id, byte[] body) {

    static final String CONTENT_TYPE = "application/cloudevents+json";

    private static final String SOURCE = "/v1/reports/changes";
    private static final String REPORT_TYPE = "io.heartline.report.";
    private static final String RESTARTED_TYPE = "io.heartline.reports.restarted";

    /**
     * A CloudEvent.
     *
     * @param subject null without a report
     * @param sequence a decimal number of 19 digits, higher in each later change: the CloudEvents extension of this name
     * @param data null without a report
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record CloudEvent(
            String specversion,
            String id,
            String source,
            String type,
            @Nullable String subject,
            Instant time,
            String sequence,
            @Nullable String datacontenttype,
            @Nullable Object data) {}

    static Message of(FeedItem item, JsonMapper json) {
        return of(
                new CloudEvent(
                        "1.0",
                        item.cursor(),
                        SOURCE,
                        REPORT_TYPE + item.reason().name(),
                        subject(item),
                        item.enteredAt(),
                        sequence(FeedCursor.parse(item.cursor()).number()),
                        "application/json",
                        item.report()),
                json);
    }

    /**
     * Returns the message that comes before the oldest change of the feed.
     *
     * @param id differs at each restart
     * @param time when the restart was stored
     */
    static Message restarted(String id, Instant time, JsonMapper json) {
        return of(new CloudEvent("1.0", id, SOURCE, RESTARTED_TYPE, null, time, sequence(0), null, null), json);
    }

    private static Message of(CloudEvent event, JsonMapper json) {
        return new Message(event.id(), json.writeValueAsBytes(event));
    }

    /** Returns the text that identifies the report of a change. */
    static String subject(FeedItem item) {
        return item.report().week() + "/" + item.report().authorId();
    }

    private static String sequence(long number) {
        return String.format(Locale.ROOT, "%019d", number);
    }
}
