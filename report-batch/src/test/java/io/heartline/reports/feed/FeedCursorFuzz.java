package io.heartline.reports.feed;

import static io.heartline.events.FuzzTestBase.require;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A text is either refused, or parsed to a cursor that is written as the same text. */
public final class FeedCursorFuzz {

    private FeedCursorFuzz() {}

    /**
     * Parses the input as it is, and encoded as a cursor.
     *
     * @param input the text in UTF-8
     */
    public static void fuzzerTestOneInput(byte[] input) {
        requireOne(new String(input, StandardCharsets.UTF_8));
        requireOne(Base64.getUrlEncoder().withoutPadding().encodeToString(input));
    }

    private static void requireOne(String text) {
        FeedCursor cursor;
        try {
            cursor = FeedCursor.parse(text);
        } catch (IllegalArgumentException e) {
            require(FeedCursor.RULE.equals(e.getMessage()), "the error states the rule");
            return;
        }
        require(cursor.number() >= 0 && cursor.base() >= 0, "numbers are not negative");
        require(cursor.toString().equals(text), "a cursor has one text");
    }
}
