package io.heartline.reports.feed;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place up to which a mirror has applied the feed. The text is opaque to clients.
 *
 * @param feedId the id of the feed
 * @param number the number of the last change that was returned or skipped, from 0
 * @param base {@link FeedStore.Feed#removedThrough()} when the mirror started. Changes {@code erased} up to this number were removed
 *     before, so the mirror never had their reports
 */
public record FeedCursor(String feedId, long number, long base) {

    /** The rest of a sentence that begins with the name of the parameter. */
    public static final String RULE = "must be a cursor of this feed";

    private static final String NUMBER = "(0|[1-9][0-9]{0,17})";
    private static final Pattern FORMAT = Pattern.compile("([0-9a-f]{1,16})/" + NUMBER + "/" + NUMBER);

    /**
     * {@return the cursor of a mirror that has applied no change}
     *
     * @param feed the feed
     */
    public static FeedCursor start(FeedStore.Feed feed) {
        return new FeedCursor(feed.id(), 0, feed.removedThrough());
    }

    /**
     * Parses a cursor.
     *
     * @param text the text
     * @return the cursor, which may belong to another feed
     * @throws IllegalArgumentException if {@link #toString} returns no such text; the message is {@link #RULE}
     */
    public static FeedCursor parse(String text) {
        try {
            Matcher matcher =
                    FORMAT.matcher(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.ISO_8859_1));
            if (matcher.matches()) {
                FeedCursor cursor = new FeedCursor(
                        matcher.group(1), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
                if (cursor.toString().equals(text)) { // several texts of Base64 have the same bytes
                    return cursor;
                }
            }
        } catch (IllegalArgumentException e) {
            // not Base64: fails below
        }
        throw new IllegalArgumentException(RULE);
    }

    /**
     * {@return the cursor after a later change}
     *
     * @param later the number of the change
     */
    public FeedCursor at(long later) {
        return new FeedCursor(feedId, later, base);
    }

    /**
     * Returns whether a change {@code erased} may be missing, so that the mirror has to start over.
     *
     * @param removedThrough the feed's, read after the changes
     * @return true if a later change was removed since the mirror started
     */
    public boolean isExpired(long removedThrough) {
        return removedThrough > base && removedThrough > number;
    }

    @Override
    public String toString() {
        String text = feedId + "/" + number + "/" + base;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
