package io.heartline.reports.ranking;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.events.Identifier;
import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
        long sorts = Arrays.stream(RankingSort.values())
                .filter(sort -> isCursorOf(sort, text))
                .count();
        require(sorts <= 1, "a cursor is valid for one sort only");
    }

    private static boolean isCursorOf(RankingSort sort, String text) {
        RankingCursor cursor;
        try {
            cursor = RankingCursor.parse(text, WEEK, sort);
        } catch (InvalidParameterException e) {
            require(e.parameter().equals("cursor"), "the error names the cursor");
            return false;
        }
        require(cursor.week().equals(WEEK) && cursor.sort() == sort, "the cursor belongs to this ranking");
        require(
                sort == RankingSort.growth || cursor.figure() != null && cursor.figure() >= 0,
                "only growth is negative or missing");
        require(Identifier.isValid(cursor.authorId()), "the author id is valid");
        require(
                RankingCursor.parse(cursor.toString(), WEEK, sort).equals(cursor),
                "a cursor that is written and parsed is equal");
        return true;
    }
}
