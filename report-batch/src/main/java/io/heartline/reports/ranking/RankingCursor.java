package io.heartline.reports.ranking;

import io.heartline.events.Identifier;
import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/**
 * The end of a page in a week's ranking: the last author of the page. It is valid for one week and one sort. The text is opaque to
 * clients.
 *
 * @param week the week
 * @param sort the figure that the ranking is sorted by
 * @param figure the author's figure, which only {@link RankingSort#growth} allows to be negative, or null for a report without it
 * @param authorId the author
 */
public record RankingCursor(
        YearWeek week, RankingSort sort, @Nullable Long figure, String authorId) {

    /** A cursor by likes does not name its sort, as in earlier releases. So a client can continue a page of an earlier release. */
    private static final Pattern FORMAT =
            Pattern.compile("([^/]+)/(?:(likers|growth)/)?(0|-?[1-9][0-9]{0,17}|none)/(.+)", Pattern.DOTALL);

    private static final String NO_FIGURE = "none";

    /**
     * Parses a cursor.
     *
     * @param text the value of the parameter
     * @param week the week of the requested page
     * @param sort the sort of the requested page
     * @return the cursor
     * @throws InvalidParameterException if the text is no cursor, or a cursor of another week or sort
     */
    public static RankingCursor parse(String text, YearWeek week, RankingSort sort) {
        try {
            String decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            Matcher matcher = FORMAT.matcher(decoded);
            if (matcher.matches()
                    && matcher.group(1).equals(week.toString())
                    && RankingSort.parse(matcher.group(2)) == sort
                    && isFigureOf(sort, matcher.group(3))
                    && Identifier.isValid(matcher.group(4))) {
                Long figure = matcher.group(3).equals(NO_FIGURE) ? null : Long.valueOf(matcher.group(3));
                return new RankingCursor(week, sort, figure, matcher.group(4));
            }
        } catch (IllegalArgumentException e) {
            // not Base64: fails below
        }
        throw new InvalidParameterException("cursor", "must be the next of a page of this week's ranking by " + sort);
    }

    private static boolean isFigureOf(RankingSort sort, String figure) {
        return sort == RankingSort.growth || Character.isDigit(figure.charAt(0));
    }

    /** Returns the cursor of the page that ends with this author. */
    static RankingCursor after(RankedAuthor last, YearWeek week, RankingSort sort) {
        return new RankingCursor(week, sort, sort.figure(last), last.authorId());
    }

    @Override
    public String toString() {
        String text = week + "/" + (sort == RankingSort.likes ? "" : sort + "/") + (figure == null ? NO_FIGURE : figure)
                + "/" + authorId;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
