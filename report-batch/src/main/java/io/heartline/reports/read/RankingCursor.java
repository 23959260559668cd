package io.heartline.reports.read;

import io.heartline.events.Identifier;
import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.threeten.extra.YearWeek;

/**
 * The end of a page in a week's ranking: the last author of the page. The text is opaque to clients.
 *
 * @param week the week
 * @param likes the author's likes
 * @param authorId the author
 */
public record RankingCursor(YearWeek week, long likes, String authorId) {

    private static final Pattern FORMAT = Pattern.compile("([^/]+)/(0|[1-9][0-9]{0,17})/(.+)", Pattern.DOTALL);

    /**
     * Parses a cursor.
     *
     * @param text the value of the parameter
     * @param week the week of the requested page
     * @return the cursor
     * @throws InvalidParameterException if the text is no cursor, or a cursor of another week
     */
    public static RankingCursor parse(String text, YearWeek week) {
        try {
            String decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            Matcher matcher = FORMAT.matcher(decoded);
            if (matcher.matches() && matcher.group(1).equals(week.toString()) && Identifier.isValid(matcher.group(3))) {
                return new RankingCursor(week, Long.parseLong(matcher.group(2)), matcher.group(3));
            }
        } catch (IllegalArgumentException e) {
            // not Base64: fails below
        }
        throw new InvalidParameterException("cursor", "must be the next of a page of this week's ranking");
    }

    @Override
    public String toString() {
        String text = week + "/" + likes + "/" + authorId;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
