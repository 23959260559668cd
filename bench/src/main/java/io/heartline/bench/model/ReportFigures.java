package io.heartline.bench.model;

import io.heartline.bench.result.CannotMeasureException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of the weekly reports, summed over all authors and weeks.
 *
 * <ul>
 *   <li>{@code liked}, {@code unliked}: likes and withdrawals folded, including repeated ones
 *   <li>{@code likes}, {@code unlikes}: distinct pairs of a post and a liker in an author's week, and how many were withdrawn
 *   <li>{@code likers}: distinct likers of an author's week
 *   <li>{@code topPosts}: likes of the ten posts with the most likes of an author's week
 *   <li>{@code day0} to {@code day6}: likes per day, Monday first
 * </ul>
 */
public final class ReportFigures {

    public static final List<String> NAMES = List.of(
            "liked",
            "unliked",
            "likes",
            "unlikes",
            "likers",
            "topPosts",
            "day0",
            "day1",
            "day2",
            "day3",
            "day4",
            "day5",
            "day6");

    private final Map<String, Long> values = new LinkedHashMap<>();

    public ReportFigures() {
        NAMES.forEach(name -> values.put(name, 0L));
    }

    public long get(String name) {
        return values.get(name);
    }

    public void add(String name, long value) {
        values.merge(name, value, Long::sum);
    }

    public void add(ReportFigures other) {
        other.values.forEach(this::add);
    }

    /**
     * @param share of a figure by which estimates may differ; liked and unliked are always counted exactly
     * @throws CannotMeasureException with both figures, if they differ
     */
    public void requireEqual(ReportFigures expected, double share) {
        for (String name : NAMES) {
            double allowed = name.equals("liked") || name.equals("unliked") ? 0 : share * expected.get(name);
            if (Math.abs(get(name) - expected.get(name)) > allowed) {
                throw new CannotMeasureException("the reports contain " + this + ", and should contain " + expected);
            }
        }
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
