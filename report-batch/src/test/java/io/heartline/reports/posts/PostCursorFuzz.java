package io.heartline.reports.posts;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.events.Identifier;
import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.threeten.extra.YearWeek;

/** A text is either refused, or parsed to a cursor that a page of this week's posts could have issued. */
public final class PostCursorFuzz {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);

    private PostCursorFuzz() {}

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
        PostCursor cursor;
        try {
            cursor = PostCursor.parse("cursor", text, WEEK);
        } catch (InvalidParameterException e) {
            require(e.parameter().equals("cursor"), "the error names the cursor");
            return;
        }
        require(cursor.week().equals(WEEK), "the cursor belongs to this week");
        require(Identifier.isValid(cursor.postId()), "the id is valid");
        require(
                PostCursor.parse("cursor", cursor.toString(), WEEK).equals(cursor),
                "a cursor that is written and parsed is equal");
    }
}
