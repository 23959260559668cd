package io.heartline.reports.posts;

import io.heartline.events.Identifier;
import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.threeten.extra.YearWeek;

/**
 * The end of a page of a week's posts: the last post of the page. Pages are by id, so the cursor is valid while figures change. The text
 * is opaque to clients.
 *
 * @param week the week
 * @param postId the post
 */
public record PostCursor(YearWeek week, String postId) {

    private static final char SEPARATOR = '/';

    /**
     * Parses a cursor.
     *
     * @param parameter the name of the parameter
     * @param text the value of the parameter
     * @param week the week of the requested page
     * @return the cursor
     * @throws InvalidParameterException if the text is no cursor, or a cursor of another week
     */
    public static PostCursor parse(String parameter, String text, YearWeek week) {
        try {
            String decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            String prefix = week.toString() + SEPARATOR;
            if (decoded.startsWith(prefix) && Identifier.isValid(decoded.substring(prefix.length()))) {
                return new PostCursor(week, decoded.substring(prefix.length()));
            }
        } catch (IllegalArgumentException e) {
            // not Base64: fails below
        }
        throw new InvalidParameterException(parameter, "must be the next of a page of this week's posts");
    }

    @Override
    public String toString() {
        String text = week.toString() + SEPARATOR + postId;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
