package io.heartline.reports.read;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.events.Identifier;
import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.threeten.extra.YearWeek;

/** A cursor is one that this week's ranking could have given out, or it is refused. */
public final class RankingCursorFuzz {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);

    private RankingCursorFuzz() {}

    /** What a client sends, and the same as if it knew how cursors are made. */
    public static void fuzzerTestOneInput(byte[] input) {
        requireOne(new String(input, StandardCharsets.UTF_8));
        requireOne(Base64.getUrlEncoder().withoutPadding().encodeToString(input));
    }

    private static void requireOne(String text) {
        RankingCursor cursor;
        try {
            cursor = RankingCursor.parse(text, WEEK);
        } catch (InvalidParameterException e) {
            require(e.parameter().equals("cursor"), "it is the cursor that is wrong");
            return;
        }
        require(cursor.week().equals(WEEK) && cursor.likes() >= 0, "it stands in this week's ranking");
        require(Identifier.isValid(cursor.authorId()), "there can be such an author");
        require(RankingCursor.parse(cursor.toString(), WEEK).equals(cursor), "written, it is the same");
    }
}
