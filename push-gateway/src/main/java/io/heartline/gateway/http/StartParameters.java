package io.heartline.gateway.http;

import io.heartline.events.Position;
import io.heartline.gateway.stream.PositionList;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.web.problem.InvalidParameterException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses {@code after} and {@code since}, which state where a stream starts, in a URL or in a client's message. */
final class StartParameters {

    /** RFC 3339. {@link Instant#parse} also takes 24:00:00, leap seconds and offsets with seconds. */
    private static final Pattern RFC_3339 =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-9]{2}:[0-5][0-9]"
                    + "(\\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})");

    private StartParameters() {}

    /**
     * Parses the start of one author's stream.
     *
     * @param after a position; null if it is not given
     * @param since a time; null if it is not given
     * @throws InvalidParameterException if one is malformed, or both are given
     */
    static StartPoint ofOneAuthor(@Nullable String after, @Nullable String since) {
        return parse(after, since, text -> PositionList.of(Position.parse(text)));
    }

    /**
     * Parses the start of a stream of several authors.
     *
     * @param after a list of positions; null if it is not given
     * @param since a time; null if it is not given
     * @throws InvalidParameterException if one is malformed, or both are given
     */
    static StartPoint ofSeveralAuthors(@Nullable String after, @Nullable String since) {
        return parse(after, since, PositionList::parse);
    }

    private static StartPoint parse(
            @Nullable String after, @Nullable String since, Function<String, PositionList> positions) {
        if (after != null && since != null) {
            throw new InvalidParameterException("since", "must not be given together with after");
        }
        if (since != null) {
            return StartPoint.since(time(since));
        }
        try {
            return after == null ? StartPoint.NOW : StartPoint.after(positions.apply(after));
        } catch (IllegalArgumentException e) {
            throw new InvalidParameterException("after", e.getMessage());
        }
    }

    private static Instant time(String text) {
        try {
            if (RFC_3339.matcher(text).matches()) {
                return Instant.parse(text);
            }
        } catch (DateTimeException e) { // for example, the 30th of February: refused below
        }
        throw new InvalidParameterException(
                "since",
                "must be a time with an offset, such as 2026-11-24T10:00:00Z; in a URL, the plus sign of an offset is %2B");
    }
}
