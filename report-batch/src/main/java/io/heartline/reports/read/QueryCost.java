package io.heartline.reports.read;

import graphql.analysis.FieldComplexityCalculator;
import graphql.analysis.FieldComplexityEnvironment;

/**
 * What a GraphQL query costs: one for each field, as often as a list may repeat it, and something for each time the database
 * is asked.
 */
final class QueryCost implements FieldComplexityCalculator {

    /** A thousand authors with all there is to know of them, or a hundred reports. */
    static final int MOST = 15_000;

    /** The standard introspection asks for as much. */
    static final int DEEPEST = 13;

    private static final int READ = 100;
    private static final int MOST_WEEKS = 53;
    private static final int DAYS = 7;
    private static final int TOP_POSTS = 10;

    @Override
    public int calculate(FieldComplexityEnvironment field, int children) {
        return switch (field.getField().getName()) {
            case "weeklyReport" -> READ + children;
            case "weeklyReports" -> READ + MOST_WEEKS * children;
            case "topAuthors" -> READ + Math.multiplyExact(first(field), children);
            case "byDay" -> 1 + DAYS * children;
            case "topPosts" -> 1 + TOP_POSTS * children;
            default -> 1 + children;
        };
    }

    /** Of what is out of bounds, the data fetcher will say so. */
    private static int first(FieldComplexityEnvironment field) {
        return field.getArguments().get("first") instanceof Integer first
                ? Math.max(1, Math.min(first, WeekController.MOST_AUTHORS))
                : 1;
    }
}
