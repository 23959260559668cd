package io.heartline.reports.read;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.events.Identifier;
import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.threeten.extra.YearWeek;

/** A text is either refused, or parsed to a cursor that this week's ranking could have issued. */
public final class RankingCursorFuzz {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);

    private RankingCursorFuzz() {}

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
        RankingCursor cursor;
        try {
            cursor = RankingCursor.parse(text, WEEK);
        } catch (InvalidParameterException e) {
            require(e.parameter().equals("cursor"), "the error names the cursor");
            return;
        }
        require(cursor.week().equals(WEEK) && cursor.likes() >= 0, "the cursor belongs to this week's ranking");
        require(Identifier.isValid(cursor.authorId()), "the author id is valid");
        require(
                RankingCursor.parse(cursor.toString(), WEEK).equals(cursor),
                "a cursor that is written and parsed is equal");
    }
}
