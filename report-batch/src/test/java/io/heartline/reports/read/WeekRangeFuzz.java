package io.heartline.reports.read;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.threeten.extra.YearWeek;

/** Every accepted range of weeks is bounded and contiguous, and has no future week. */
public final class WeekRangeFuzz {

    private static final YearWeek CURRENT = YearWeek.of(2026, 48);

    private WeekRangeFuzz() {}

    /** @param input {@code from} and, in a second line, {@code to}; an empty line means that the parameter is absent */
    public static void fuzzerTestOneInput(byte[] input) {
        String[] lines = (new String(input, StandardCharsets.UTF_8) + "\n").split("\n", 3);
        requireWeek(lines[0]);
        WeekRange range;
        try {
            range = WeekRange.parse(given(lines[0]), given(lines[1]), CURRENT);
        } catch (InvalidParameterException e) {
            require(Set.of("from", "to").contains(e.parameter()), "the error names from or to");
            return;
        }
        List<YearWeek> weeks = range.weeks();
        require(!weeks.isEmpty() && weeks.size() <= 53, "a range has 1 to 53 weeks");
        require(
                weeks.get(0).equals(range.from()) && weeks.get(weeks.size() - 1).equals(range.to()),
                "a range includes both ends");
        require(!range.to().isAfter(CURRENT), "a range has no future week");
        for (int i = 1; i < weeks.size(); i++) {
            require(weeks.get(i - 1).plusWeeks(1).equals(weeks.get(i)), "a range has no gap");
        }
        WeekRange again = WeekRange.parse(range.from().toString(), range.to().toString(), CURRENT);
        require(again.equals(range), "a range that is written and parsed is equal");
    }

    private static String given(String line) {
        return line.isEmpty() ? null : line;
    }

    private static void requireWeek(String text) {
        try {
            YearWeek week = WeekParameter.parse("week", text, CURRENT);
            require(
                    WeekParameter.parse("week", week.toString(), CURRENT).equals(week),
                    "a week that is written and parsed is equal");
            require(
                    week.toString().equals(text) || text.equals("current") || text.equals("previous"),
                    "a week equals its text unless it is relative");
        } catch (InvalidParameterException e) {
            require(e.parameter().equals("week"), "the error names the week");
        }
    }
}
