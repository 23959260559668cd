package io.heartline.reports.read.graphql;

import graphql.execution.CoercedVariables;
import graphql.language.Argument;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.IntValue;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.Value;
import graphql.language.VariableReference;
import io.heartline.reports.posts.WeekPosts;
import io.heartline.reports.ranking.Rankings;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The cost of a GraphQL query. Each field costs one, multiplied by the maximum length of the lists that contain it.
 * Each read of the database, each week that is read and each comparison of two weeks' likers costs more.
 *
 * <p>A fragment costs the same each time it is used, but is visited only once. If fragments use fragments, a short text
 * can contain too many uses to visit each of them.
 *
 * <p>The query must be valid, so no fragment uses itself.
 *
 * @param cost at most {@link #COST_CAP}
 * @param depth the maximum number of nested fields
 */
record QueryCost(long cost, int depth) {

    /** The maximum cost. It is sufficient for a thousand authors with all their fields, or for a year of reports. */
    static final int MAX_COST = 15_000;

    /** If a query costs more, it needs a permit for heavy queries. */
    static final int HEAVY_COST = 1_000;

    /** The maximum depth, which the standard introspection query has. */
    static final int MAX_DEPTH = 13;

    private static final long COST_CAP = 1_000_000_000;
    private static final int READ_COST = 100;
    private static final int WEEK_COST = 25;
    private static final int LIKERS_COST = 50; // reads the likers of two weeks, up to 128 KiB each
    private static final int POSTS_COST = 50; // reads all posts of a week, up to 290 KiB
    private static final int MAX_WEEKS = 53;
    private static final int DAYS = 7;
    private static final int TOP_POSTS = 10;
    private static final int DEFAULT_AUTHORS = 10; // the default in the schema
    private static final int DEFAULT_POSTS = 100; // the default in the schema

    static QueryCost of(SelectionSet query, Map<String, FragmentDefinition> fragments, CoercedVariables variables) {
        return new Calculator(fragments, variables).of(query);
    }

    private record Calculator(
            Map<String, FragmentDefinition> fragments,
            CoercedVariables variables,
            Map<String, QueryCost> fragmentCosts) {

        Calculator(Map<String, FragmentDefinition> fragments, CoercedVariables variables) {
            this(fragments, variables, new HashMap<>());
        }

        QueryCost of(SelectionSet selections) {
            long cost = 0;
            int depth = 0;
            for (Selection<?> selection : selections == null ? List.<Selection<?>>of() : selections(selections)) {
                QueryCost selectionCost = of(selection);
                cost += selectionCost.cost;
                depth = Math.max(depth, selectionCost.depth);
            }
            return new QueryCost(Math.min(cost, COST_CAP), depth);
        }

        @SuppressWarnings({"unchecked", "rawtypes"}) // graphql-java declares the raw type
        private static List<Selection<?>> selections(SelectionSet selections) {
            return (List) selections.getSelections();
        }

        private QueryCost of(Selection<?> selection) {
            if (selection instanceof FragmentSpread spread) {
                QueryCost cost = fragmentCosts.get(spread.getName());
                if (cost == null) {
                    cost = of(fragments.get(spread.getName()).getSelectionSet());
                    fragmentCosts.put(spread.getName(), cost);
                }
                return cost;
            }
            if (selection instanceof InlineFragment fragment) {
                return of(fragment.getSelectionSet());
            }
            Field field = (Field) selection;
            QueryCost children = of(field.getSelectionSet());
            return new QueryCost(Math.min(cost(field, children.cost), COST_CAP), children.depth + 1);
        }

        private long cost(Field field, long children) {
            return switch (field.getName()) {
                case "weeklyReport" -> READ_COST + children;
                case "weeklyReports" -> READ_COST + MAX_WEEKS * (WEEK_COST + children);
                case "topAuthors" -> READ_COST + first(field, DEFAULT_AUTHORS, Rankings.MAX_AUTHORS) * children;
                case "summary" -> READ_COST + MAX_WEEKS * (WEEK_COST + LIKERS_COST + children);
                case "weekPosts" ->
                    READ_COST + POSTS_COST + first(field, DEFAULT_POSTS, WeekPosts.MAX_POSTS) * children;
                case "likersReturning", "likersReturningError" -> 1 + LIKERS_COST;
                case "byDay" -> 1 + DAYS * children;
                case "topPosts" -> 1 + TOP_POSTS * children;
                default -> 1 + children;
            };
        }

        /**
         * Returns the length of a page, limited to the valid range. The data fetcher rejects a number outside of it.
         */
        private int first(Field field, int defaultFirst, int max) {
            int first = defaultFirst;
            for (Argument argument : field.getArguments()) {
                if (argument.getName().equals("first")) {
                    first = number(argument.getValue(), defaultFirst);
                }
            }
            return Math.max(1, Math.min(first, max));
        }

        private int number(Value<?> value, int defaultFirst) {
            if (value instanceof IntValue literal) {
                return literal.getValue()
                        .min(BigInteger.valueOf(Integer.MAX_VALUE))
                        .intValue();
            }
            if (value instanceof VariableReference variable && variables.containsKey(variable.getName())) {
                return variables.get(variable.getName()) instanceof Integer given ? given : defaultFirst;
            }
            return defaultFirst;
        }
    }
}
