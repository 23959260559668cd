package io.heartline.reports.read.graphql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import graphql.execution.CoercedVariables;
import graphql.language.Document;
import graphql.language.FragmentDefinition;
import graphql.language.OperationDefinition;
import graphql.parser.Parser;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class QueryCostTest {

    private static final String RANKING = "topAuthors(week: \"current\", first: 1000)";

    @Test
    void fragment_costsTheSameAtEachUse() {
        String once = "{a: " + RANKING + "{...f}} fragment f on RankedAuthor {likes unlikes}";
        String twice = "{a: " + RANKING + "{...f} b: " + RANKING + "{...f}} fragment f on RankedAuthor {likes unlikes}";

        assertThat(cost(once).cost()).isEqualTo(100 + 1000 * 2);
        assertThat(cost(twice).cost()).isEqualTo(2 * cost(once).cost());
    }

    @Test
    void fragmentDepth_countsFromItsDeepestUse() {
        String text = "{__schema{...a} b: __schema{types{ofType{...b}}}} fragment a on __Schema {types{...b}}"
                + " fragment b on __Type {ofType{name}}";

        assertThat(cost(text).depth()).isEqualTo(5);
    }

    @Test
    void exponentialFragments_areCostedQuickly() {
        StringBuilder text = new StringBuilder("{__schema{...f0}}");
        for (int i = 0; i < 150; i++) {
            text.append(" fragment f").append(i).append(" on __Schema {...f").append(i + 1);
            text.append(" ...f").append(i + 1).append("}");
        }
        text.append(" fragment f150 on __Schema {description}");

        QueryCost cost = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> cost(text.toString()));

        assertThat(cost.cost()).isGreaterThan(QueryCost.MAX_COST);
    }

    @Test
    void variableForFirst_setsTheCost_andIsTenByDefault() {
        String text = "query q($n: Int) {topAuthors(week: \"current\", first: $n) {likes}}";

        assertThat(cost(text, Map.of("n", 500)).cost()).isEqualTo(100 + 500);
        assertThat(cost(text, Map.of()).cost()).isEqualTo(100 + 10);
        assertThat(cost("{topAuthors(week: \"current\") {likes}}").cost()).isEqualTo(100 + 10);
    }

    @Test
    void summary_costsTheLikersOfTheMaximumNumberOfWeeks_andFieldsAsOftenAsThereAreWeeks() {
        assertThat(cost("{summary(author: \"a\") {likes}}").cost()).isEqualTo(100 + 53 * (25 + 50 + 1));
        assertThat(cost("{summary(author: \"a\") {byDay {date likes} byWeek {likes}}}")
                        .cost())
                .isEqualTo(100 + 53 * (25 + 50 + (1 + 7 * 2) + (1 + 1)));
    }

    @Test
    void allFieldsOfASummary_areWithinTheMaximum_twice_andNotThreeTimes() {
        String all = "summary(author: \"a\") {authorId from to zone likes unlikes likers likersError"
                + " events {liked unliked} byWeek {week likes unlikes likers} byMonth {month likes complete}"
                + " byDay {date likes} asOf through}";

        assertThat(cost("{a: " + all + " b: " + all + "}").cost()).isLessThanOrEqualTo(QueryCost.MAX_COST);
        assertThat(cost("{a: " + all + " b: " + all + " c: " + all + "}").cost())
                .isGreaterThan(QueryCost.MAX_COST);
    }

    @Test
    void posts_costTheLengthOfThePage_whichIsAHundredByDefault() {
        assertThat(cost("{weekPosts(author: \"a\", week: \"current\") {items {postId likes} next complete}}")
                        .cost())
                .isEqualTo(100 + 50 + 100 * (1 + 2 + 2));
        assertThat(cost("{weekPosts(author: \"a\", week: \"current\", first: 5000) {next}}")
                        .cost())
                .isEqualTo(100 + 50 + 1000);
    }

    @Test
    void range_costsTheMaximumNumberOfWeeks() {
        assertThat(cost("{weeklyReport(author: \"a\", week: \"current\") {week}}")
                        .cost())
                .isEqualTo(100 + 1);
        assertThat(cost("{weeklyReports(author: \"a\") {week}}").cost()).isEqualTo(100 + 53 * (25 + 1));
    }

    @Test
    void returningLikers_costTheReadOfThePreviousWeek() {
        assertThat(cost("{weeklyReports(author: \"a\") {likersReturning likersReturningError}}")
                        .cost())
                .isEqualTo(100 + 53 * (25 + 2 * 51));
    }

    /** A query of 5.5 KB that would read 98 times 54 reports with all their likers. */
    @Test
    void hundredRanges_exceedMaxCost_andOneFullRangeDoesNot() {
        StringBuilder many = new StringBuilder("{");
        for (int i = 0; i < 98; i++) {
            many.append("a").append(i).append(":weeklyReports(author:\"a\"){week}");
        }
        String all = "authorId week from to zone status revision likes unlikes likers likersReturning"
                + " likersReturningError events{liked unliked} precision{exact relativeError topPostsTooHighBy}"
                + " byDay{date likes} topPosts{postId likes} previous{week likes} asOf through";

        assertThat(cost(many + "}").cost()).isGreaterThan(9L * QueryCost.MAX_COST);
        assertThat(cost("{weeklyReports(author: \"a\") {" + all + "}}").cost())
                .isBetween((long) QueryCost.HEAVY_COST, (long) QueryCost.MAX_COST);
        assertThat(cost("{weeklyReport(author: \"a\", week: \"current\") {" + all + "}}")
                        .cost())
                .isLessThan(QueryCost.HEAVY_COST);
    }

    private static QueryCost cost(String text) {
        return cost(text, Map.of());
    }

    private static QueryCost cost(String text, Map<String, Object> variables) {
        Document document = Parser.parse(text);
        return QueryCost.of(
                document.getFirstDefinitionOfType(OperationDefinition.class)
                        .orElseThrow()
                        .getSelectionSet(),
                document.getDefinitionsOfType(FragmentDefinition.class).stream()
                        .collect(Collectors.toMap(FragmentDefinition::getName, fragment -> fragment)),
                CoercedVariables.of(variables));
    }
}
