package io.heartline.reports.read.graphql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.heartline.reports.ReadSettings;
import io.heartline.reports.ranking.RankingSort;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import io.heartline.web.limit.ConcurrencyLimit;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;

/** GraphQL returns the same figures as REST, and refuses costly or malformed queries. */
@TestPropertySource(properties = "own-instance=graphql") // its tests count events of the instance
class GraphQlIT extends AbstractReadApiIT {

    private static final String ALL = """
            authorId week from to zone status revision likes unlikes likers likersReturning likersReturningError
            events{liked unliked} precision{exact relativeError topPostsTooHighBy}
            byDay{date likes} topPosts{postId likes} previous{week likes} asOf through
            """;
    private static final String RANKED =
            "authorId revision likes unlikes likers growth events{liked unliked} precision{exact relativeError}";
    private static final String SUMMARY = """
            authorId from to zone likes unlikes likers likersError events{liked unliked}
            byWeek{week likes unlikes likers} byMonth{month likes complete} byDay{date likes} asOf through
            """;

    @Autowired
    private ConcurrencyLimit heavyQueries;

    @Autowired
    private ReadSettings settings;

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(1);

    @Test
    void report_equalsTheRestReport() {
        setProgress(1, 100, AS_OF);
        fold(
                author,
                week,
                like(author, week, DayOfWeek.MONDAY, "p-1", "bob"),
                unlike(author, week, DayOfWeek.MONDAY, "p-1", "bob"));

        JsonNode data = data("{weeklyReport(author:\"%s\",week:\"%s\"){%s}}".formatted(author, week, ALL));

        assertThat(data.path("weeklyReport"))
                .isEqualTo(get("/v1/authors/" + author + "/reports/" + week).json());
    }

    @Test
    void reports_equalTheRestList() {
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));
        String query = "query($to:String){weeklyReports(author:\"%s\",from:\"%s\",to:$to){%s}}";

        JsonNode data = post(Map.of(
                        "query", query.formatted(author, week, ALL),
                        "variables", Map.of("to", week.plusWeeks(2).toString())))
                .json()
                .path("data");

        assertThat(data.path("weeklyReports"))
                .isEqualTo(get("/v1/authors/" + author + "/reports?from=" + week + "&to=" + week.plusWeeks(2))
                        .json()
                        .path("items"));
        assertThat(data("{weeklyReports(author:\"x\"){week}}").path("weeklyReports"))
                .hasSize(12);
    }

    @Test
    void topAuthors_equalTheRestRanking() {
        insertRankedAuthors(week, 12);

        JsonNode data = data("{topAuthors(week:\"%s\"){%s}}".formatted(week, RANKED));

        assertThat(data.path("topAuthors"))
                .isEqualTo(
                        get("/v1/reports/" + week + "/authors?limit=10").json().path("items"));
        assertThat(data("{topAuthors(week:\"%s\",first:1000){%s}}".formatted(week, RANKED))
                        .path("topAuthors"))
                .hasSize(12);
    }

    @ParameterizedTest
    @EnumSource(RankingSort.class)
    void sortedTopAuthors_equalTheRestRanking(RankingSort sort) {
        insertRankedAuthors(week, 12);

        JsonNode data = data("{topAuthors(week:\"%s\",sort:%s){%s}}".formatted(week, sort, RANKED));

        assertThat(data.path("topAuthors"))
                .isEqualTo(get("/v1/reports/" + week + "/authors?limit=10&sort=" + sort)
                        .json()
                        .path("items"));
    }

    @Test
    void summary_equalsTheRestSummary() {
        setProgress(1, 100, AS_OF);
        fold(
                author,
                week,
                like(author, week, DayOfWeek.MONDAY, "p-1", "bob"),
                unlike(author, week, DayOfWeek.MONDAY, "p-1", "bob"));
        YearWeek last = week.plusWeeks(2);
        fold(author, last, like(author, last, DayOfWeek.MONDAY, "p-1", "bob"));
        String range = "from:\"%s\",to:\"%s\"".formatted(week, last);

        JsonNode data = data("{summary(author:\"%s\",%s){%s}}".formatted(author, range, SUMMARY));

        assertThat(data.path("summary"))
                .isEqualTo(get("/v1/authors/" + author + "/summary?from=" + week + "&to=" + last)
                        .json());
        assertThat(data.at("/summary/likers").intValue()).isEqualTo(1);
        assertThat(data("{summary(author:\"x\"){byWeek{week}}}").at("/summary/byWeek"))
                .hasSize(12);
    }

    @Test
    void posts_equalTheRestPages() {
        fold(
                author,
                week,
                like(author, week, DayOfWeek.MONDAY, "p-1", "bob"),
                like(author, week, DayOfWeek.MONDAY, "p-2", "bob"),
                like(author, week, DayOfWeek.MONDAY, "p-3", "bob"));
        String query = "{weekPosts(author:\"%s\",week:\"%s\"%s){items{postId likes} next complete}}";
        String path = "/v1/authors/" + author + "/reports/" + week + "/posts";

        JsonNode first = data(query.formatted(author, week, ",first:2")).path("weekPosts");
        String next = first.path("next").stringValue();

        assertThat(first).isEqualTo(get(path + "?limit=2").json());
        assertThat(data(query.formatted(author, week, ",first:2,after:\"" + next + "\""))
                        .path("weekPosts"))
                .isEqualTo(get(path + "?limit=2&cursor=" + next).json());
        assertThat(data(query.formatted(author, week, "")).path("weekPosts"))
                .isEqualTo(get(path).json());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "weeklyReport(author:\"a b\",week:\"current\"){likes}; author",
                "weeklyReport(author:\"a\",week:\"2026-W54\"){likes}; week",
                "weeklyReport(author:\"a\",week:\"2099-W01\"){likes}; week",
                "weeklyReports(author:\"\"){likes}; author",
                "weeklyReports(author:\"a\",from:\"2026-W10\",to:\"2026-W09\"){likes}; from",
                "weeklyReports(author:\"a\",from:\"2024-W01\",to:\"2025-W02\"){likes}; from",
                "weeklyReports(author:\"a\",to:\"2099-W01\"){likes}; to",
                "topAuthors(week:\"current\",first:0){likes}; first",
                "topAuthors(week:\"current\",first:1001){likes}; first",
                "topAuthors(week:\"next\"){likes}; week",
                "summary(author:\"a b\"){likes}; author",
                "summary(author:\"a\",from:\"2024-W01\",to:\"2025-W02\"){likes}; from",
                "summary(author:\"a\",to:\"2099-W01\"){likes}; to",
                "weekPosts(author:\"a b\",week:\"current\"){next}; author",
                "weekPosts(author:\"a\",week:\"2026-W54\"){next}; week",
                "weekPosts(author:\"a\",week:\"current\",first:0){next}; first",
                "weekPosts(author:\"a\",week:\"current\",first:1001){next}; first",
                "weekPosts(author:\"a\",week:\"current\",after:\"x\"){next}; after",
            })
    void malformedArgument_isABadRequest_namingTheArgument(String query, String parameter) {
        JsonNode error = error("{" + query + "}");

        assertThat(error.at("/extensions/classification").stringValue()).isEqualTo("BAD_REQUEST");
        assertThat(error.at("/extensions/parameter").stringValue()).isEqualTo(parameter);
        assertThat(error.path("message").stringValue()).startsWith(parameter + " must ");
    }

    @Test
    void tooCostlyQuery_isRefused_inEverySpelling() {
        String wide = "topAuthors(week:\"current\",first:1000){%s}".formatted(RANKED);
        StringBuilder aliases = new StringBuilder("{");
        for (int i = 0; i < 15; i++) {
            aliases.append("a").append(i).append(":topAuthors(week:\"current\",first:1000){likes}");
        }

        assertThat(error("{a:" + wide + " b:" + wide + "}").path("message").stringValue())
                .contains("maximum query complexity exceeded");
        assertThat(error(aliases + "}").path("message").stringValue()).contains("maximum query complexity exceeded");
        assertThat(error(
                                "{a:topAuthors(week:\"current\",first:1000){...f} b:topAuthors(week:\"current\",first:1000){...f}}"
                                        + " fragment f on RankedAuthor {%s}".formatted(RANKED))
                        .path("message")
                        .stringValue())
                .contains("maximum query complexity exceeded");
        HttpAnswer byVariable = post(Map.of(
                "query",
                "query($n:Int){a:topAuthors(week:\"current\",first:$n){%s} b:topAuthors(week:\"current\",first:$n){%s}}"
                        .formatted(RANKED, RANKED),
                "variables",
                Map.of("n", 1000)));
        assertThat(byVariable.json().at("/errors/0/message").stringValue())
                .contains("maximum query complexity exceeded");
    }

    /** The report has no stored likers, so a query that read them would fail. */
    @Test
    void queryWithoutReturningLikers_doesNotReadStoredLikers() {
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));
        mongo.updateFirst(query(where("_id").is(week + "/" + author)), new Update().unset("fans"), "weeklyReports")
                .block();

        assertThat(data("{weeklyReport(author:\"%s\",week:\"%s\"){likes likers}}".formatted(author, week))
                        .at("/weeklyReport/likers")
                        .longValue())
                .isEqualTo(1);
        assertThat(data("{summary(author:\"%s\",from:\"%s\",to:\"%s\"){likes}}".formatted(author, week, week))
                        .at("/summary/likes")
                        .longValue())
                .isEqualTo(1);
        assertThat(data("{weeklyReports(author:\"%s\",from:\"%s\",to:\"%s\"){likes}}".formatted(author, week, week))
                        .at("/weeklyReports/0/likes")
                        .longValue())
                .isEqualTo(1);
    }

    @Test
    void atMaxHeavyQueries_nextIsUnavailable_andLightQueriesAreAnswered() {
        String heavy = "{weeklyReports(author:\"%s\"){likes}}".formatted(author);
        List<ConcurrencyLimit.Permit> permits = new ArrayList<>();
        try {
            while (heavyQueries.acquired() < settings.queries()) {
                permits.add(heavyQueries.acquire());
            }

            assertThat(error(heavy).at("/extensions/classification").stringValue())
                    .isEqualTo("UNAVAILABLE");
            assertThat(data("{weeklyReport(author:\"%s\",week:\"current\"){likes}}".formatted(author)))
                    .isNotEmpty();
        } finally {
            permits.forEach(ConcurrencyLimit.Permit::release);
        }
        for (int i = 0; i < 2 * settings.queries(); i++) {
            assertThat(data(heavy).path("weeklyReports")).hasSize(12);
        }
        assertThat(heavyQueries.acquired()).isZero();
    }

    @Test
    void tooDeepQuery_isRefused() {
        String deep = "{__schema{types{" + "ofType{".repeat(20) + "name" + "}".repeat(20) + "}}}";

        assertThat(error(deep).path("message").stringValue()).contains("depth");
    }

    @Test
    void tooLongQuery_isRefusedBeforeValidation() {
        assertThat(error("{weeklyReport(author:\"a\",week:\"current\"){" + "likes ".repeat(2_000) + "}}")
                        .path("message")
                        .stringValue())
                .contains("tokens");
        assertThat(error("{topAuthors(week:\"" + "x".repeat(17_000) + "\"){likes}}")
                        .path("message")
                        .stringValue())
                .contains("characters");
        assertThat(post(Map.of("query", "{topAuthors(week:\"" + "x".repeat(400_000) + "\"){likes}}"))
                        .status())
                .isEqualTo(413);
    }

    @Test
    void introspection_isAllowed() {
        JsonNode types = data("""
                {__schema{queryType{name} types{...T}}}
                fragment T on __Type{kind name description fields(includeDeprecated:true){name description
                  args{...I} type{...R} isDeprecated deprecationReason} inputFields{...I} interfaces{...R}
                  enumValues(includeDeprecated:true){name description} possibleTypes{...R}}
                fragment I on __InputValue{name description type{...R} defaultValue}
                fragment R on __Type{kind name ofType{kind name ofType{kind name ofType{kind name ofType{kind name
                  ofType{kind name ofType{kind name ofType{kind name}}}}}}}}
                """);

        assertThat(types.at("/__schema/queryType/name").stringValue()).isEqualTo("Query");
        assertThat(get("/graphiql").status())
                .as("GraphiQL is disabled outside the quickstart")
                .isEqualTo(404);
    }

    private JsonNode data(String query) {
        HttpAnswer answer = post(Map.of("query", query));
        assertThat(answer.json().has("errors")).as(answer.text()).isFalse();
        return answer.json().path("data");
    }

    private JsonNode error(String query) {
        HttpAnswer answer = post(Map.of("query", query));
        assertThat(answer.json().path("errors")).as(answer.text()).hasSize(1);
        return answer.json().at("/errors/0");
    }

    private HttpAnswer post(Map<String, Object> body) {
        return send(HttpMethod.POST, "/graphql", body, "Content-Type", "application/json");
    }
}
