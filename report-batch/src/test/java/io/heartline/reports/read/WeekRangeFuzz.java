package io.heartline.reports.read;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.threeten.extra.YearWeek;

/** A range of weeks has an end, wherever it begins. */
public final class WeekRangeFuzz {

    private static final YearWeek CURRENT = YearWeek.of(2026, 48);

    private WeekRangeFuzz() {}

    /** {@code from} and, in a second line, {@code to}; an empty one is not given. */
    public static void fuzzerTestOneInput(byte[] input) {
        String[] lines = (new String(input, StandardCharsets.UTF_8) + "\n").split("\n", 3);
        requireWeek(lines[0]);
        WeekRange range;
        try {
            range = WeekRange.parse(given(lines[0]), given(lines[1]), CURRENT);
        } catch (InvalidParameterException e) {
            require(Set.of("from", "to").contains(e.parameter()), "it is one of the two that is wrong");
            return;
        }
        List<YearWeek> weeks = range.weeks();
        require(!weeks.isEmpty() && weeks.size() <= 53, "it is not too long");
        require(
                weeks.get(0).equals(range.from()) && weeks.get(weeks.size() - 1).equals(range.to()),
                "both ends are in");
        require(!range.to().isAfter(CURRENT), "it does not lie in the future");
        for (int i = 1; i < weeks.size(); i++) {
            require(weeks.get(i - 1).plusWeeks(1).equals(weeks.get(i)), "no week is left out");
        }
        WeekRange again = WeekRange.parse(range.from().toString(), range.to().toString(), CURRENT);
        require(again.equals(range), "written, it is the same");
    }

    private static String given(String line) {
        return line.isEmpty() ? null : line;
    }

    private static void requireWeek(String text) {
        try {
            YearWeek week = WeekParameter.parse("week", text, CURRENT);
            require(WeekParameter.parse("week", week.toString(), CURRENT).equals(week), "a week has one form");
            require(
                    week.toString().equals(text) || text.equals("current") || text.equals("previous"),
                    "a week is the one it says");
        } catch (InvalidParameterException e) {
            require(e.parameter().equals("week"), "it is the week that is wrong");
        }
    }
}
