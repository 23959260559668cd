package io.heartline.reports.read;

import io.heartline.events.Identifier;
import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.threeten.extra.YearWeek;

/** Where a page of a week's ranking ended: behind the author with so many likes. Clients see it as opaque. */
public record RankingCursor(YearWeek week, long likes, String authorId) {

    private static final Pattern FORMAT = Pattern.compile("([^/]+)/(0|[1-9][0-9]{0,17})/(.+)", Pattern.DOTALL);

    /** @throws InvalidParameterException if it is none, or one of another week */
    public static RankingCursor parse(String text, YearWeek week) {
        try {
            String decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            Matcher matcher = FORMAT.matcher(decoded);
            if (matcher.matches() && matcher.group(1).equals(week.toString()) && Identifier.isValid(matcher.group(3))) {
                return new RankingCursor(week, Long.parseLong(matcher.group(2)), matcher.group(3));
            }
        } catch (IllegalArgumentException e) {
            // said below: it is not even Base64
        }
        throw new InvalidParameterException("cursor", "must be the next of a page of this week's ranking");
    }

    @Override
    public String toString() {
        String text = week + "/" + likes + "/" + authorId;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
