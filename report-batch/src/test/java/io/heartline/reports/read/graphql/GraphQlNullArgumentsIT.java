package io.heartline.reports.read.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.posts.PostCursor;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import io.heartline.web.HostileRequests;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.http.HttpMethod;
import org.threeten.extra.YearWeek;

/** In every query that the schema allows, an explicit null for an optional argument means its default. */
@Isolated("captures the output of the JVM")
@ExtendWith(OutputCaptureExtension.class)
class GraphQlNullArgumentsIT extends AbstractReadApiIT {

    private static final int QUERIES = 500;
    private static final long SEED = 25;

    private final YearWeek week = uniqueWeek();

    @Autowired
    private GraphQlSource source;

    /** @param type the name of the type that introspection queries request */
    private SchemaQueries queries(String type) {
        return new SchemaQueries(
                source.schema(),
                Map.of(
                        "after", List.of("\"" + new PostCursor(week, "p-1") + "\"", "\"x\""),
                        "sort", List.of("likers", "growth"),
                        "author", List.of("\"alice\"", "\"no id\""),
                        "week", List.of("\"" + week + "\"", "\"current\"", "\"2026-W54\""),
                        "from", List.of("\"" + week + "\"", "\"2099-W01\""),
                        "to", List.of("\"" + week + "\"", "\"previous\""),
                        "first", List.of("3", "0", "1000"),
                        "name", List.of("\"" + type + "\"", "\"Nothing\""),
                        "includeDeprecated", List.of("true", "false")));
    }

    private HttpAnswer post(SchemaQueries.GeneratedQuery generated) {
        Map<String, Object> body = new HashMap<>();
        body.put("query", generated.query());
        body.put("variables", generated.variables());
        return send(HttpMethod.POST, "/graphql", body, "Content-Type", "application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"WeeklyReport", "Status"})
    void nullForEachOptionalArgument_isNoError(String type, CapturedOutput log) {
        Map<String, SchemaQueries.GeneratedQuery> all = queries(type).nullForEachOptionalArgument();

        assertThat(all)
                .containsKeys(
                        "Query.topAuthors.first literally",
                        "Query.topAuthors.first by variable",
                        "Query.topAuthors.sort literally",
                        "Query.weekPosts.after by variable",
                        "Query.summary.from literally",
                        "Query.weeklyReports.from literally",
                        "Query.weeklyReports.to literally",
                        "__Type.fields.includeDeprecated literally");
        assertThat(all).allSatisfy((argument, generated) -> {
            HttpAnswer answer = post(generated);
            assertThat(answer.status()).as(argument).isEqualTo(200);
            assertThat(answer.json().has("errors"))
                    .as(generated + answer.text())
                    .isFalse();
        });
        HostileRequests.assertLogIsQuiet(log.getAll());
    }

    @Test
    void nullForFirst_usesTheSchemaDefault() {
        insertRankedAuthors(week, 12);
        String query = "{topAuthors(week:\"" + week + "\"%s){authorId}}";

        HttpAnswer byNull = post(new SchemaQueries.GeneratedQuery(query.formatted(",first:null"), Map.of()));
        HttpAnswer byDefault = post(new SchemaQueries.GeneratedQuery(query.formatted(""), Map.of()));

        assertThat(byNull.json().at("/data/topAuthors")).hasSize(10);
        assertThat(byNull.text()).isEqualTo(byDefault.text());
    }

    @Test
    void aQueryOfTheSchema_isNeverAnInternalError(CapturedOutput log) {
        SchemaQueries queries = queries("WeeklyReport");
        Random random = new Random(SEED);
        for (int i = 0; i < QUERIES; i++) {
            SchemaQueries.GeneratedQuery generated = queries.randomQuery(random);

            HttpAnswer answer = post(generated);

            assertThat(answer.status()).as(generated.toString()).isEqualTo(200);
            assertThat(answer.json().findValuesAsString("classification"))
                    .as(generated + answer.text())
                    .doesNotContain("INTERNAL_ERROR", "UNAVAILABLE");
        }
        HostileRequests.assertLogIsQuiet(log.getAll());
        assertThat(log.getAll()).doesNotContain("Exception");
    }
}
