package io.heartline.quickstart;

import static io.heartline.quickstart.PageExtension.target;
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
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;

/** The page as a person sees it in a browser, without warnings of the browser. */
@Order(0) // starts first, because it takes long
@Tag("browser")
class PageIT {

    private static final Duration A_SECOND = Duration.ofSeconds(1);

    @RegisterExtension
    static final PageExtension page = new PageExtension();

    private final Browser browser = page.browser;

    @AfterEach
    void page_causesNoConsoleWarnings_andNoForeignRequests() {
        assertThat(browser.consoleWarnings()).isEmpty();
        assertThat(browser.text("#failure")).isEmpty();
        assertThat(browser.requestedHosts())
                .isSubsetOf(
                        "localhost:" + page.heartline.reports().port(),
                        "localhost:" + page.heartline.gateway().port(),
                        "localhost:" + page.heartline.producer().port());
    }

    private List<?> bars() {
        return (List<?>) browser.run(
                "return [...document.querySelectorAll('#week [data-target=days] b')].map((b) => b.textContent)");
    }

    @Test
    void like_isShownWithinOneSecond() throws Exception {
        page.awaitConnection();
        page.like("bob"); // the first like loads all classes
        browser.awaitText(target("live", "count"), "^1$");

        Instant posted = Instant.now();
        page.like("carol");
        browser.awaitText(target("live", "feed") + " li", "^carol liked p-1\\d+ ms$", A_SECOND);

        assertThat(Duration.between(posted, Instant.now())).isLessThan(A_SECOND);
        assertThat(browser.text(target("live", "count"))).isEqualTo("2");
        browser.awaitText(target("live", "facts"), "^for [0-9]+ s · last like arrived in [0-9.]+ m?s$");
    }

    @Test
    void otherWeek_isSelectedByMouseAndKeyboard() throws Exception {
        page.awaitConnection();
        for (String liker : List.of("bob", "carol", "dave")) {
            page.like("p-0", liker, Instant.now().minus(Duration.ofDays(7)));
        }
        page.like("bob");
        page.run();
        browser.awaitText(target("week", "likes"), "^1$");
        assertThat(browser.text(target("week", "returning"))).isEqualTo("1 came back from the week before (100 %)");
        List<?> latest = bars();

        browser.element(target("week", "weeks") + " label:nth-child(11)").click();
        browser.awaitText(target("week", "likes"), "^3$");
        assertThat(bars()).isNotEqualTo(latest);
        assertThat(browser.text(target("week", "posts"))).isEqualTo("p-03");
        assertThat(browser.text(target("week", "name"))).matches("Week [0-9]+");

        browser.element(target("week", "weeks") + " label:nth-child(11) input").sendKeys(Keys.ARROW_RIGHT);
        browser.awaitText(target("week", "likes"), "^1$");
        assertThat(bars()).isEqualTo(latest);
        assertThat(browser.text(target("week", "name"))).isEqualTo("This week");
    }

    @Test
    void pushAndPoll_areMeasuredByTheSameLikes_andCompared() throws Exception {
        page.awaitConnection();
        browser.element(target("compare", "every")).sendKeys(Keys.HOME);
        browser.awaitText("#compare .poll-interval", "^1 s$");
        page.like("bob");
        page.like("carol");

        browser.awaitText(
                target("compare", "verdict"),
                "^Polling every 1 s: [0-9.]+ m?s late on average, [0-9.]+ requests? a minute, [0-9]+ % for nothing\\."
                        + " Push: [0-9.]+ m?s, no requests\\.$");
        List<?> figures = (List<?>)
                browser.run(
                        "return [...document.querySelectorAll('#compare [data-target=figures] tr')].map((row) => row.cells[1].textContent + '|' + row.cells[2].textContent)");
        assertThat(figures).hasSize(6).first().isEqualTo("2|2");
        assertThat(figures.get(3).toString()).startsWith("0|");
        assertThat(browser.run("return document.querySelectorAll('#compare canvas').length"))
                .isEqualTo(1L);
    }

    @Test
    void estimatedPollOverhead_equalsTheActualOverhead() {
        page.awaitConnection();
        browser.element(target("compare", "every")).sendKeys(Keys.HOME);
        browser.awaitText(target("compare", "verdict"), "Push: no likes, so nothing was sent\\.$");

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
        browser.element(target("compare", "every")).sendKeys(Keys.HOME);

        browser.element(target("try", "like")).click();

        browser.awaitText(target("try", "push") + " [data-target=time]", "^after [0-9.]+ m?s$");
        browser.awaitText(target("try", "confirmed") + " [data-target=time]", "^after [0-9.]+ m?s$");
        browser.awaitText(target("live", "feed"), "bob liked p-1");
        browser.awaitText(target("try", "poll") + " [data-target=time]", "^after .*s$");
        assertThat(browser.element(target("try", "report")).getDomAttribute("data-state"))
                .isEqualTo("waiting");
        page.run();
        browser.awaitText(target("try", "report") + " [data-target=time]", "^after .*s$");
        browser.awaitText(target("week", "likes"), "^1$");
        browser.awaitText(target("try", "state"), "^Done\\. Now like the same post again");
    }

    @Test
    void doubleClick_isPushedTwice_countedOnce_andExplained() throws Exception {
        page.awaitConnection();
        page.like("bob");
        page.like("bob");
        page.like("carol");
        browser.awaitText(target("live", "count"), "^3$");

        page.run();

        browser.awaitText(target("week", "likes"), "^2$");
        browser.awaitText(
                target("differ", "explanation"),
                "^The live list has 3 likes since you opened this page\\. The report read 3 likes of this week and counts 2,"
                        + " because a person counts once per post and week\\. The other like was from a person who");
        page.like("dave");
        browser.awaitText(target("differ", "explanation"), "has 4 likes .* read 4 likes of this week and counts 3");
    }

    @Test
    void digest_isShownAsADigest() throws Exception {
        page.awaitConnection();
        browser.choose(target("live", "way"), "digest");
        browser.awaitText(target("live", "feed"), "From now on: a summary every 5 s");
        for (int i = 0; i < 12; i++) {
            page.like("person-" + i);
        }

        browser.awaitText(target("live", "count"), "^12$");
        browser.awaitText(target("live", "feed"), " likes: p-1 [0-9]+"); // the feed is drawn after the count
        assertThat(browser.text(target("live", "feed"))).contains("summary").doesNotContain("person-11");
    }

    @Test
    void withoutAWebSocket_likesArriveByLongPoll() throws Exception {
        page.awaitConnection();
        browser.choose(target("live", "way"), "long-poll");
        browser.awaitText(target("live", "state"), "^Live, by long poll$");

        page.like("bob");

        browser.awaitText(target("live", "feed"), "bob liked p-1[0-9.]+ m?s");
        browser.awaitText(target("compare", "figures") + " tr:nth-child(4) td", "^[1-9]");
    }

    @Test
    void quickClicks_sendOneLikeEach() {
        page.awaitConnection();

        browser.run("for (let i = 0; i < 6; i++) document.querySelector('#try [data-target=like]').click()");

        browser.awaitText(target("live", "count"), "^6$");
        page.run();
        browser.awaitText(target("week", "likes"), "^1$");
    }

    @Test
    void likeThatIsTakenBack_isShown_andCountedSeparately() {
        page.awaitConnection();
        browser.run("document.querySelector('#liker').value = 'carol'");
        browser.element(target("try", "like")).click();
        browser.awaitText(target("live", "feed"), "^carol liked p-1");

        browser.element(target("try", "unlike")).click();

        browser.awaitText(target("live", "feed"), "^carol took back a like of p-1");
        assertThat(browser.text(target("live", "count"))).isEqualTo("1");
        assertThat(browser.text(target("live", "taken-back"))).isEqualTo("1 taken back");
    }

    @Test
    void offlineVisitor_catchesUpOnAllLikes() throws Exception {
        page.awaitConnection();

        browser.element("#go-offline").click();
        browser.awaitText(target("live", "state"), "^Offline$");
        page.like("bob");

        browser.awaitText("#go-offline", "^Back in [1-9] s$");
        browser.awaitText(target("live", "feed"), "Back after 1[0-9] s: caught up on 11 likes");
        browser.awaitText(target("live", "count"), "^11$");
        browser.awaitText("#go-offline", "^Go offline for 10 s$");
    }

    @Test
    void burst_isSentInOneRequest_andShownByPost() {
        page.awaitConnection();

        browser.element(target("try", "burst")).click();

        browser.awaitText(target("try", "state"), "^1,000 of 1,000 likes saved in ");
        browser.awaitText(target("live", "count"), "^1,000$");
        browser.awaitText(target("live", "feed"), "fan-[0-9]+ and [0-9]+ others liked p-1");
    }

    @Test
    void author_isInTheAddressAndTheTitle_andBackWorks() {
        page.awaitConnection();
        browser.element("#author").clear();
        browser.element("#author").sendKeys("carol" + Keys.ENTER);
        assertThat(browser.run("return location.search + location.hash")).isEqualTo("?author=carol");
        assertThat(browser.run("return document.title")).isEqualTo("carol – Heartline");

        browser.run("history.back()");

        browser.awaitText("#try .author", "^" + page.author + "$");
        assertThat(browser.run("return location.search + location.hash")).isEqualTo("?author=" + page.author);
        assertThat(browser.run("return document.title")).isEqualTo(page.author + " – Heartline");
    }

    @Test
    void run_keepsTheFocus() {
        page.awaitConnection();
        browser.element(target("week", "run")).sendKeys(Keys.ENTER);
        browser.awaitText(target("week", "run-state"), "^The run is done");

        assertThat(browser.run("return document.activeElement.dataset.target")).isEqualTo("run");
    }

    @Test
    void changingFigures_areNoLiveRegions() {
        page.awaitConnection();

        assertThat(browser.run("return document.querySelectorAll('output').length"))
                .isEqualTo(0L);
        for (String figure :
                List.of("#live [data-target=count]", "#week [data-target=likes]", "#week [data-target=age]")) {
            assertThat(browser.run("return document.querySelector(arguments[0]).closest('[role=status]')", figure))
                    .as(figure)
                    .isNull();
        }
    }

    @Test
    void curlCommand_hasTheAuthorAndThePosition() throws Exception {
        page.awaitConnection();
        page.like("bob");
        browser.awaitText(target("live", "count"), "^1$");

        browser.element("[data-curl=poll] summary").click();

        browser.awaitText("[data-curl=poll] ul", "curl '.*/v1/authors/" + page.author + "/likes\\?after=.+'$");
    }

    @Test
    void weeks_areDownloadableAsCsv() throws Exception {
        page.awaitConnection();
        String link = browser.element(target("week", "csv")).getDomProperty("href");

        HttpResponse<String> file = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(link)).build(), BodyHandlers.ofString());

        assertThat(file.headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
        assertThat(file.body().lines()).hasSize(13);
        assertThat(file.body()).contains(page.author);
    }
}
