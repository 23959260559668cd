package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;

/** The page as a person sees it in a browser, without warnings of the browser. */
@Tag("browser")
class PageIT {

    private static final Duration A_SECOND = Duration.ofSeconds(1);

    @RegisterExtension
    static final PageExtension page = new PageExtension();

    private final Browser browser = page.browser;

    @AfterEach
    void page_causesNoConsoleWarnings_andNoForeignRequests() {
        assertThat(browser.consoleWarnings()).isEmpty();
        assertThat(browser.text("#trouble")).isEmpty();
        assertThat(browser.requestedHosts())
                .isSubsetOf(
                        "localhost:" + page.heartline.reports().port(),
                        "localhost:" + page.heartline.gateway().port(),
                        "localhost:" + page.heartline.producer().port());
    }

    private void choose(String css, String value) {
        browser.run(
                "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
                        + " for (const type of ['input', 'change']) e.dispatchEvent(new Event(type))",
                css,
                value);
    }

    private void run() {
        browser.element("#run").click();
        browser.awaitText("#run-state", "^The run is done: [0-9,]+ records? folded in ");
    }

    private List<?> bars() {
        return (List<?>) browser.run("return [...document.querySelectorAll('#days b')].map((b) => b.textContent)");
    }

    @Test
    void like_isShownWithinOneSecond() throws Exception {
        page.awaitConnection();
        page.like("bob"); // the first like loads all classes
        browser.awaitText("#live-count", "^1$");

        Instant posted = Instant.now();
        page.like("carol");
        browser.awaitText("#feed li", "^carol liked p-1\\d+ ms$", A_SECOND);

        assertThat(Duration.between(posted, Instant.now())).isLessThan(A_SECOND);
        assertThat(browser.text("#live-count")).isEqualTo("2");
        browser.awaitText("#live-facts", "3 frames, the last like [0-9.]+ m?s after Kafka had it");
    }

    @Test
    void otherWeek_isSelectedByMouseAndKeyboard() throws Exception {
        page.awaitConnection();
        for (String liker : List.of("bob", "carol", "dave")) {
            page.like("p-0", liker, Instant.now().minus(Duration.ofDays(7)));
        }
        page.like("bob");
        run();
        browser.awaitText("#week-likes", "^1$");
        assertThat(browser.text("#week-returning")).isEqualTo(", 1 of them returning fans");
        List<?> latest = bars();

        browser.element("#week-bars label:nth-child(11)").click();
        browser.awaitText("#week-likes", "^3$");
        assertThat(bars()).isNotEqualTo(latest);
        assertThat(browser.text("#posts")).isEqualTo("p-03");
        assertThat(browser.text("#week-name")).matches("[0-9]{4}-W[0-9]{2}");

        browser.element("#week-bars label:nth-child(11) input").sendKeys(Keys.ARROW_RIGHT);
        browser.awaitText("#week-likes", "^1$");
        assertThat(bars()).isEqualTo(latest);
        assertThat(browser.text("#week-name")).isEqualTo("This week");
    }

    @Test
    void pushAndPoll_areMeasuredByTheSameLikes_andCompared() throws Exception {
        page.awaitConnection();
        browser.element("#every").sendKeys(Keys.HOME);
        browser.awaitText("#every-told", "^1 s$");
        page.like("bob");
        page.like("carol");

        browser.awaitText(
                "#verdict",
                "^Polling every 1 s told you [0-9.]+ m?s late on average and cost [0-9.]+ requests? a minute, [0-9.]+ of them"
                        + " empty\\. Push told you in [0-9.]+ m?s\\.$");
        List<?> figures = (List<?>)
                browser.run(
                        "return [...document.querySelectorAll('#figures tr')].map((row) => row.cells[1].textContent + '|' + row.cells[2].textContent)");
        assertThat(figures).hasSize(6).first().isEqualTo("2|2");
        assertThat(figures.get(3).toString()).startsWith("0|");
        assertThat(browser.run("return document.querySelectorAll('#plot canvas').length"))
                .isEqualTo(1L);
    }

    @Test
    void estimatedPollOverhead_equalsTheActualOverhead() {
        page.awaitConnection();
        browser.element("#every").sendKeys(Keys.HOME);
        browser.awaitText("#verdict", "Push had nothing to say");

        List<JsonNode> heads =
                browser.network(Set.of("Network.requestWillBeSentExtraInfo", "Network.responseReceivedExtraInfo"));
        JsonNode answer = last(
                heads,
                head -> head.path("headersText").asString("").contains("no-store")
                        && head.path("headersText").asString("").contains("Access-Control-Allow-Origin"));
        JsonNode request = last(heads, head -> !head.has("headersText") && isOf(head, answer));
        int bytes = answer.path("headersText").asString("").length() + "GET  HTTP/1.1\r\n\r\n".length();
        bytes += ("/v1/authors/" + page.author + "/likes?after=" + "k3f9x2ab-3-start").length();
        for (String name : request.path("headers").propertyNames()) {
            bytes += name.length()
                    + request.path("headers").path(name).asString("").length()
                    + ": \r\n".length();
        }

        Long reckoned = (Long)
                browser.runAsync("import('/page/comparison.js').then((module) => arguments[0](module.HEAD_BYTES))");
        assertThat(reckoned).isBetween(bytes * 85L / 100, bytes * 115L / 100);
    }

    private static boolean isOf(JsonNode request, JsonNode answer) {
        return request.path("requestId").equals(answer.path("requestId"));
    }

    private static JsonNode last(List<JsonNode> all, Predicate<JsonNode> condition) {
        return all.stream().filter(condition).reduce((a, b) -> b).orElseThrow();
    }

    @Test
    void click_isTracedToKafka_push_poll_andReport() {
        page.awaitConnection();
        browser.element("#every").sendKeys(Keys.HOME);

        browser.element("#heart").click();

        browser.awaitText("#step-push span", "^after [0-9.]+ m?s$");
        browser.awaitText("#step-kafka span", "^after [0-9.]+ m?s$");
        browser.awaitText("#feed", "bob liked p-1");
        browser.awaitText("#step-poll span", "^after .*s$");
        assertThat(browser.element("#step-report").getDomAttribute("data-state"))
                .isEqualTo("waiting");
        run();
        browser.awaitText("#step-report span", "^after .*s$");
        browser.awaitText("#week-likes", "^1$");
        assertThat(browser.text("#like-state")).startsWith("Everybody has been told.");
    }

    @Test
    void doubleClick_isPushedTwice_countedOnce_andExplained() throws Exception {
        page.awaitConnection();
        page.like("bob");
        page.like("bob");
        page.like("carol");
        browser.awaitText("#live-count", "^3$");

        run();

        browser.awaitText("#week-likes", "^2$");
        browser.awaitText(
                "#why",
                "^Push has told this page of 3 likes .*, all of them logged before the report’s last run\\. "
                        + "The report read 3 likes this week and counts 2: a person counts once per post and week");
        page.like("dave");
        browser.awaitText("#why", "of 4 likes .*, 1 of them logged after the report’s last run");
    }

    @Test
    void digest_isShownAsADigest() throws Exception {
        page.awaitConnection();
        choose("#way", "digest");
        browser.awaitText("#feed", "resumed, nothing was missed");
        for (int i = 0; i < 12; i++) {
            page.like("person-" + i);
        }

        browser.awaitText("#live-count", "^12$");
        browser.awaitText("#feed", "more like"); // the feed is drawn after the count
        assertThat(browser.text("#feed")).contains("in sum").doesNotContain("person-11");
    }

    @Test
    void withoutAWebSocket_likesArriveByLongPoll() throws Exception {
        page.awaitConnection();
        choose("#way", "long-poll");
        browser.awaitText("#live-state", "^connected by long poll$");

        page.like("bob");

        browser.awaitText("#feed", "bob liked p-1[0-9.]+ m?s");
        browser.awaitText("#figures tr:nth-child(4) td", "^[1-9]");
    }

    @Test
    void weeks_areDownloadableAsCsv() throws Exception {
        page.awaitConnection();
        String link = browser.element("#csv").getDomProperty("href");

        HttpResponse<String> file = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(link)).build(), BodyHandlers.ofString());

        assertThat(file.headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
        assertThat(file.body().lines()).hasSize(13);
        assertThat(file.body()).contains(page.author);
    }
}
