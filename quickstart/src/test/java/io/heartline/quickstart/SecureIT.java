package io.heartline.quickstart;

import static io.heartline.quickstart.PageExtension.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole system with {@code --secure}: callers need tokens. */
class SecureIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String WRITE = "likes:write";
    private static final String READ = "likes:read reports:read";
    private static final String ANALYZE = "reports:read:any reports:run";

    @TempDir
    private static Path folder;

    private static Heartline heartline;

    @BeforeAll
    static void start() {
        heartline = new Heartline(FreePortSettings.of(folder, false, true));
    }

    @AfterAll
    static void stop() {
        heartline.close();
    }

    private static String token(String subject, String scopes) {
        return heartline.issuer().token(subject, scopes);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request, String token) throws Exception {
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String url, String token) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url)), token);
    }

    private static HttpResponse<String> post(String url, String body, String token) throws Exception {
        return send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)),
                token);
    }

    private static String like(String author, String liker) throws Exception {
        String body = "{\"postId\":\"p-1\",\"authorId\":\"" + author + "\",\"likerId\":\"" + liker + "\"}";
        HttpResponse<String> answer = post(heartline.producer().url() + "/v1/likes", body, token("app", WRITE));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return json(answer).path("eventId").stringValue();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void tokens_permitTheAppToWrite_theAuthorToRead_andTheAnalystToRun() throws Exception {
        String reports = heartline.reports().url();
        like("alice", "bob");

        HttpResponse<String> run = post(reports + "/v1/runs", "", token("analyst", ANALYZE));
        assertThat(run.statusCode()).isEqualTo(202);
        String location = reports + run.headers().firstValue("Location").orElseThrow();
        await().atMost(Duration.ofSeconds(30)).until(() -> json(get(location, token("analyst", ANALYZE)))
                .path("status")
                .asString("")
                .equals("done"));

        String report = reports + "/v1/authors/alice/reports/current";
        assertThat(json(get(report, token("alice", READ))).path("likes").intValue())
                .isEqualTo(1);
        assertThat(get(report, token("bob", READ)).statusCode()).isEqualTo(403);
        assertThat(get(report, null).statusCode()).isEqualTo(401);
        assertThat(post(heartline.producer().url() + "/v1/likes", "{}", token("alice", READ))
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(heartline.gateway().url() + "/v1/authors/alice/likes", token("alice", READ))
                        .statusCode())
                .isEqualTo(200);
    }

    /** The page likes, reads and runs, so a link that may not do all of it would be of no use. */
    @Test
    void linkOfTheWelcome_mayDoWhatThePageDoes_andNoMore() throws Exception {
        String reports = heartline.reports().url();
        String welcome = Quickstart.tokens(heartline.issuer(), reports);
        Matcher link = Pattern.compile("/#author=alice&token=(\\S+)").matcher(welcome);
        assertThat(link.find()).isTrue();
        String token = link.group(1);
        String body = "{\"postId\":\"p-1\",\"authorId\":\"alice\",\"likerId\":\"bob\"}";

        assertThat(post(heartline.producer().url() + "/v1/likes", body, token).statusCode())
                .isEqualTo(202);
        assertThat(post(reports + "/v1/runs", "", token).statusCode()).isEqualTo(202);
        assertThat(get(reports + "/v1/authors/alice/reports/current", token).statusCode())
                .isEqualTo(200);
        assertThat(get(heartline.gateway().url() + "/v1/authors/alice/likes", token)
                        .statusCode())
                .isEqualTo(200);
        assertThat(get(heartline.gateway().url() + "/v1/authors/erin/likes", token)
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(reports + "/v1/authors/erin/reports/current", token).statusCode())
                .isEqualTo(403);
        assertThat(get(reports + "/v1/reports/current", token).statusCode()).isEqualTo(403);
    }

    @Test
    void expiredToken_isReplaced_andThePageMissesNothing() throws Exception {
        assumeTrue(JavaScriptClient.isAvailable(), "Node is not installed");
        String shortLived = heartline.issuer().token("carol", READ, Duration.ofSeconds(3));
        try (JavaScriptClient page =
                JavaScriptClient.follow(heartline.gateway().url(), "carol", shortLived, token("carol", READ))) {
            assertThat(page.next("hello").path("recovered").booleanValue()).isFalse();
            String before = like("carol", "bob");
            JsonNode frame = page.next("like");
            assertThat(frame.path("event").path("id").stringValue()).isEqualTo(before);

            JsonNode resumed = page.next("hello");

            assertThat(resumed.path("recovered").booleanValue()).isTrue();
            assertThat(resumed.path("position")).isEqualTo(frame.path("position"));
            String after = like("carol", "dave");
            assertThat(page.next("like").path("event").path("id").stringValue()).isEqualTo(after);
        }
    }

    @Test
    void expiringToken_isReplacedOnTheOpenConnection() throws Exception {
        assumeTrue(JavaScriptClient.isAvailable(), "Node is not installed");
        Duration validity = Duration.ofSeconds(8);
        Instant expiry = Instant.now().plus(validity);
        String shortLived = heartline.issuer().token("frank", READ, validity);
        try (JavaScriptClient page =
                JavaScriptClient.followTogether(heartline.gateway().url(), "frank", shortLived, token("frank", READ))) {
            assertThat(page.next().path("kind").stringValue()).isEqualTo("hello");
            await().atMost(Duration.ofSeconds(30)).until(() -> Instant.now().isAfter(expiry.plusSeconds(2)));

            String after = like("frank", "bob");

            assertThat(page.next().path("event").path("id").asString(""))
                    .as("the next frame is no hello of another connection")
                    .isEqualTo(after);
        }
    }

    @Test
    @Tag("browser")
    void page_asksForAToken_usesIt_andShowsMissingScopes() throws Exception {
        assumeTrue(Browser.isAvailable(), "chromium or chromedriver is not installed");
        String page = heartline.reports().url() + "/";
        try (Browser browser = new Browser()) {
            browser.open(page);
            browser.awaitText(target("live", "state"), "^Waiting for a token$");
            assertThat(browser.text(target("credentials", "reason")))
                    .isEqualTo("Paste the token that the quickstart printed.");
            browser.element("#token").sendKeys(token("alice", READ) + Keys.ENTER);
            browser.awaitText(target("live", "state"), "^Live$");
            browser.awaitText(target("week", "state"), "still counting");
            browser.awaitText(target("week", "age"), "live$");

            browser.run("sessionStorage.clear()"); // a new tab has no token in its session storage
            browser.open(page + "#author=erin&token=" + token("erin", READ));
            browser.awaitText(target("live", "state"), "^Live$");
            assertThat(browser.run("return location.hash"))
                    .as("an address without the token")
                    .isEqualTo("");
            like("erin", "bob");
            browser.awaitText(target("live", "feed"), "bob liked p-1");
            browser.awaitText(target("week", "likes"), "^1$");
            browser.element(target("compare", "every")).sendKeys(Keys.HOME);
            browser.awaitText(target("compare", "verdict"), "^Polling every 1 s: .* for nothing");
            assertThat(browser.element("#credentials").isDisplayed()).isFalse();

            browser.consoleWarnings(); // discard the warnings about the requests that were refused as expected
            browser.element(target("week", "csv")).click();
            await().untilAsserted(() -> assertThat(browser.downloads()).containsExactly("erin.csv"));
            assertThat(browser.consoleWarnings()).isEmpty();
            browser.element(target("week", "json")).click();
            await().untilAsserted(() -> assertThat(browser.downloads()).contains("erin.json"));
            browser.awaitText(target("try", "state"), "^This token can read, but not like: it lacks likes:write\\.$");
            browser.awaitText(target("week", "run-state"), "^This token cannot start a run: it lacks reports:run\\.$");
            browser.element("#author").sendKeys("-2" + Keys.ENTER);
            browser.awaitText(
                    target("week", "state"), "^erin’s token may read only its own author .*reports:read:any\\)$");
        }
    }

    @Test
    @Tag("browser")
    void linkWithAToken_neverReplacesTheTabsToken() {
        assumeTrue(Browser.isAvailable(), "chromium or chromedriver is not installed");
        String page = heartline.reports().url() + "/";
        String own = token("alice", READ);
        String foreign = "author=alice&token=" + token("mallory", "likes:read:any reports:read:any likes:write");
        try (Browser browser = new Browser()) {
            browser.open(page + "#author=alice&token=" + own);
            browser.awaitText(target("live", "state"), "^Live$");
            assertThat(browser.element("#notice").isDisplayed()).isFalse();

            browser.run("location.hash = arguments[0]", foreign);
            browser.awaitText("#notice", "^This tab has a token already");
            assertThat(browser.run("return sessionStorage.getItem('token')")).isEqualTo(own);

            browser.open(page + "#" + foreign);
            browser.awaitText("#notice", "^This tab has a token already");
            assertThat(browser.run("return sessionStorage.getItem('token')")).isEqualTo(own);
            assertThat(browser.run("return location.hash")).isEqualTo("");
            browser.awaitText(target("live", "state"), "^Live$");
        }
    }

    @Test
    @Tag("browser")
    void graphiql_asksForAToken_usesIt_andNeverStoresItBeyondTheTab() throws Exception {
        assumeTrue(Browser.isAvailable(), "chromium or chromedriver is not installed");
        String url = heartline.reports().url() + "/graphiql";
        try (Browser browser = new Browser()) {
            browser.open(url);
            browser.awaitText("#token-reason", "^Paste the token that the quickstart printed\\.$");
            browser.element("#token").sendKeys(token("alice", READ) + Keys.ENTER);
            GraphiqlPage graphiql = new GraphiqlPage(browser);
            graphiql.awaitDocumentation();
            graphiql.execute();
            graphiql.awaitResult("\"authorId\": \"alice\"");
            assertThat(browser.element("#credentials").isDisplayed()).isFalse();

            graphiql.clearStorage(heartline.reports().url());
            browser.open(url + "#token=" + token("erin", READ));
            graphiql.awaitDocumentation();
            graphiql.execute();
            graphiql.awaitResult("\"authorId\": \"erin\"");
            assertThat(browser.run("return location.hash")).isEqualTo("");
            assertThat(browser.consoleWarnings()).isEmpty();

            graphiql.setHeaders("{\"authorization\": \"Bearer " + token("bob", READ) + "\"}");
            graphiql.execute();
            graphiql.awaitResult("FORBIDDEN");
            // the history stores the headers of a new query
            graphiql.setQuery("query ThisWeek { weeklyReport(author: \"bob\", week: \"current\") { authorId } }");
            graphiql.execute();
            graphiql.awaitResult("\"authorId\": \"bob\"");
            assertThat(browser.run("return JSON.stringify(localStorage)")).isEqualTo("{}");

            browser.open(url + "#token=" + token("mallory", READ));
            browser.awaitText("#notice", "^This tab has a token already");
        }
    }
}
