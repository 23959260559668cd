package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.web.TestIssuer;
import java.time.DayOfWeek;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestPropertySource;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;

/** The access of each kind of token to an author's reports, over REST, as a file and over GraphQL. */
@ContextConfiguration(initializers = AccessIT.Tokens.class)
@TestPropertySource(
        properties = {"heartline.security.author-claim=preferred_username", "spring.graphql.graphiql.enabled=true"})
class AccessIT extends AbstractReadApiIT {

    private static final TestIssuer ISSUER = new TestIssuer();
    private static final String ANALYST = ISSUER.token("analyst", "reports:read:any");
    private static final String OPERATOR = ISSUER.token("operator", "reports:run");
    private static final String ERASER = ISSUER.token("eraser", "reports:erase");

    static final class Tokens implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(ISSUER.settings()).applyTo(context);
        }
    }

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(1);
    private final String another = uniqueAuthor(1);

    /** Returns a token whose author is in the configured claim and differs from the subject. */
    private static String tokenOf(String author) {
        return ISSUER.token(claims ->
                claims.subject("user-4711").claim("preferred_username", author).claim("scope", "reports:read"));
    }

    private HttpAnswer get(String uri, String token) {
        return get(uri, "Authorization", "Bearer " + token);
    }

    private String report(String author) {
        return "/v1/authors/" + author + "/reports/" + week;
    }

    @Test
    void author_readsOnlyItsOwnReports_inEveryForm() {
        for (String form : new String[] {
            "/reports/" + week,
            "/reports",
            "/reports?format=csv",
            "/reports/" + week + "/posts",
            "/reports/" + week + "/posts?format=csv",
            "/summary",
            "/summary?format=ndjson"
        }) {
            assertThat(get("/v1/authors/" + author + form, tokenOf(author)).status())
                    .isEqualTo(200);
            assertThat(get("/v1/authors/" + another + form, tokenOf(author)).status())
                    .isEqualTo(403);
            assertThat(get("/v1/authors/" + another + form, ANALYST).status()).isEqualTo(200);
            assertThat(get("/v1/authors/" + author + form).status()).isEqualTo(401);
        }
    }

    @Test
    void subjectEqualToAnAuthor_withAnotherAuthorClaim_isNotThatAuthor() {
        String token = ISSUER.token(claims ->
                claims.subject(author).claim("preferred_username", another).claim("scope", "reports:read"));

        assertThat(get(report(author), token).status()).isEqualTo(403);
        assertThat(get(report(another), token).status()).isEqualTo(200);
        assertThat(get(report(author), ISSUER.token(author, "reports:read")).status())
                .as("a token without the claim reads nothing")
                .isEqualTo(403);
    }

    @Test
    void reportsOfAllAuthors_needTheScopeReadAny() {
        for (String uri : new String[] {
            "/v1/reports/" + week, "/v1/reports/" + week + "/authors", "/v1/reports/" + week + "/authors?format=csv"
        }) {
            assertThat(get(uri, ANALYST).status()).isEqualTo(200);
            assertThat(get(uri, tokenOf(author)).status()).isEqualTo(403);
            assertThat(get(uri).status()).isEqualTo(401);
        }
    }

    @Test
    void run_needsItsOwnScope() {
        assertThat(send(HttpMethod.POST, "/v1/runs", null, "Authorization", "Bearer " + OPERATOR)
                        .status())
                .isEqualTo(202);
        assertThat(get("/v1/runs", OPERATOR).status()).isEqualTo(200);
        assertThat(get("/v1/runs/none", OPERATOR).status()).isEqualTo(404);
        for (String token : new String[] {ANALYST, tokenOf(author)}) {
            assertThat(send(HttpMethod.POST, "/v1/runs", null, "Authorization", "Bearer " + token)
                            .status())
                    .isEqualTo(403);
            assertThat(get("/v1/runs", token).status()).isEqualTo(403);
        }
        assertThat(send(HttpMethod.POST, "/v1/runs", null).status()).isEqualTo(401);
    }

    @Test
    void erasure_needsItsOwnScope() throws Exception {
        createTopic();
        String uri = "/v1/authors/" + author;
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));

        for (String token : new String[] {ANALYST, OPERATOR, tokenOf(author)}) {
            assertThat(send(HttpMethod.DELETE, uri, null, "Authorization", "Bearer " + token)
                            .status())
                    .isEqualTo(403);
        }
        assertThat(send(HttpMethod.DELETE, uri, null).status()).isEqualTo(401);
        assertThat(get(report(author), ANALYST).json().path("likes").intValue()).isEqualTo(1);

        assertThat(send(HttpMethod.DELETE, uri, null, "Authorization", "Bearer " + ERASER)
                        .status())
                .isEqualTo(204);
        assertThat(get(report(author), ANALYST).json().path("likes").intValue()).isZero();
        assertThat(get(report(author), ERASER).status())
                .as("the scope for erasure does not permit reads")
                .isEqualTo(403);
    }

    @Test
    void erasureOfALiker_needsTheScopeOfErasures() throws Exception {
        createTopic();
        String uri = "/v1/authors/" + author + "/likers/bob";
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));

        for (String token : new String[] {ANALYST, OPERATOR, tokenOf(author), tokenOf("bob")}) {
            assertThat(send(HttpMethod.DELETE, uri, null, "Authorization", "Bearer " + token)
                            .status())
                    .isEqualTo(403);
        }
        assertThat(send(HttpMethod.DELETE, uri, null).status()).isEqualTo(401);
        assertThat(get(report(author), ANALYST).json().path("likes").intValue()).isEqualTo(1);

        assertThat(send(HttpMethod.DELETE, uri, null, "Authorization", "Bearer " + ERASER)
                        .status())
                .isEqualTo(204);
        assertThat(get(report(author), ANALYST).json().path("likes").intValue()).isZero();
    }

    private HttpAnswer query(String query, String token) {
        return send(HttpMethod.POST, "/graphql", Map.of("query", query), "Authorization", "Bearer " + token);
    }

    @Test
    void graphQlQuery_checksAccessToEachReport() {
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));
        fold(another, week, like(another, week, DayOfWeek.MONDAY, "p-1", "bob"));
        String both =
                "{mine:weeklyReport(author:\"%s\",week:\"%s\"){likes} theirs:weeklyReport(author:\"%s\",week:\"%s\"){likes}}"
                        .formatted(author, week, another, week);

        JsonNode answer = query(both, tokenOf(author)).json();

        assertThat(answer.path("data").isNull())
                .as("data is null because no report is nullable")
                .isTrue();
        assertThat(answer.at("/errors/0/path/0").stringValue()).isEqualTo("theirs");
        assertThat(answer.at("/errors/0/extensions/classification").stringValue())
                .isEqualTo("FORBIDDEN");
        assertThat(query(both, ANALYST).json().at("/data/theirs/likes").intValue())
                .isEqualTo(1);
    }

    @Test
    void graphQlRanking_needsTheScopeReadAny() {
        String top = "{topAuthors(week:\"" + week + "\",first:3){authorId}}";
        String several = "{weeklyReports(author:\"" + another + "\"){likes}}";

        assertThat(query(top, ANALYST).json().has("errors")).isFalse();
        assertThat(query(top, tokenOf(author))
                        .json()
                        .at("/errors/0/extensions/classification")
                        .stringValue())
                .isEqualTo("FORBIDDEN");
        assertThat(query(several, tokenOf(author))
                        .json()
                        .at("/errors/0/extensions/classification")
                        .stringValue())
                .isEqualTo("FORBIDDEN");
        assertThat(query(top, OPERATOR).status()).isEqualTo(403);
        assertThat(send(HttpMethod.POST, "/graphql", Map.of("query", top)).status())
                .isEqualTo(401);
    }

    @Test
    void pageAndOpenApi_needNoToken() {
        for (String uri : new String[] {
            "/",
            "/page/settings.json",
            "/page/main.js",
            "/graphiql",
            "/graphiql/main.js",
            "/openapi.yaml",
            "/like-event.yaml"
        }) {
            assertThat(get(uri).status()).as(uri).isEqualTo(200);
        }
    }
}
