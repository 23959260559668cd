package io.heartline.quickstart;

import static io.heartline.quickstart.PageExtension.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

/** If a service is down or its responses are malformed, the page shows this, and its other parts continue to work. */
@Order(0) // starts first, because it takes long
@Tag("browser")
class PageFaultsIT {

    @RegisterExtension
    static final PageExtension page = new PageExtension();

    private final Browser browser = page.browser;

    @Test
    void gatewayRestarted_pageShowsTheReplayedLikes() throws Exception {
        EmbeddedService gateway = page.heartline.gateway();
        page.awaitConnection();
        page.like("bob");
        browser.awaitText(target("live", "count"), "^1$");

        gateway.close();
        try {
            browser.awaitText(target("live", "state"), "^Disconnected: .*\\. Reconnecting…$");
            browser.awaitText(target("live", "feed"), "Disconnected");
            for (int i = 0; i < 17; i++) {
                page.like("person-" + i);
            }
        } finally {
            gateway.start();
        }

        browser.awaitText(target("live", "feed"), "Back after [0-9]+ s: caught up on 17 likes");
        browser.awaitText(target("live", "state"), "^Live$");
        browser.awaitText(target("live", "count"), "^18$");
        page.like("p-2", "carol", Instant.now());
        browser.awaitText(target("live", "feed") + " li", "^carol liked p-2");
        browser.awaitText(target("live", "feed"), "Back after [0-9]+ s: caught up on 17 likes");
    }

    @Test
    void gatewayDown_pageOpens_andConnectsOnceItIsUp() throws Exception {
        EmbeddedService gateway = page.heartline.gateway();
        gateway.close();
        try {
            page.open();
            browser.awaitText(target("week", "state"), "still counting");
            browser.awaitText(
                    target("live", "state"),
                    "^The gateway at http://localhost:[0-9]+ does not answer\\. Trying again…$");
        } finally {
            gateway.start();
        }

        // the first handshake can fail before the gateway is up, and the poll after it can succeed
        browser.awaitText(target("live", "state"), "^Live(, by long poll)?$");
        page.like("bob");
        browser.awaitText(target("live", "feed"), "bob liked p-1");
    }

    @Test
    void reportBatchDown_lastFiguresStay_andAreMarkedAsOld() throws Exception {
        EmbeddedService reports = page.heartline.reports();
        page.awaitConnection();
        browser.awaitText(target("week", "age"), "live$");

        reports.close();
        try {
            browser.awaitText(
                    target("week", "state"),
                    "Figures as of [0-9:]{8} UTC, because report-batch at http://localhost:[0-9]+ does not answer$");
            browser.choose("#figures", "last-run");
            browser.awaitText(
                    target("week", "state"),
                    "^report-batch at http://localhost:[0-9]+ does not answer\\. The figures are the last ones it sent$");
            assertThat(browser.text(target("week", "likes"))).isEqualTo("0");
            page.like("bob");
            browser.awaitText(target("live", "feed"), "bob liked p-1");
            browser.element(target("week", "run")).click();
            browser.awaitText(target("week", "run-state"), "^No run: report-batch at .* does not answer\\.$");
        } finally {
            reports.start();
        }

        browser.awaitText(target("week", "state"), "still counting");
    }

    @Test
    void producerDown_likeIsUnconfirmed_andRetriedUnderTheSameKey() {
        EmbeddedService producer = page.heartline.producer();
        page.awaitConnection();

        producer.close();
        try {
            browser.element(target("try", "like")).click();
            browser.awaitText(
                    target("try", "state"),
                    "^the event producer at http://localhost:[0-9]+ does not answer\\. Whether the like was saved is unknown");
            assertThat(browser.element(target("try", "confirmed")).getDomAttribute("data-state"))
                    .isEqualTo("waiting");
        } finally {
            producer.start();
        }

        browser.awaitText(target("try", "push") + " [data-target=time]", "^after [0-9.]+ m?s$");
        browser.awaitText(target("live", "count"), "^1$");
        assertThat(browser.network(Set.of("Network.requestWillBeSent")).stream()
                        .map(sent -> sent.path("request"))
                        .filter(request -> request.path("method").asString("").equals("POST"))
                        .map(request ->
                                request.path("headers").path("Idempotency-Key").asString("")))
                .hasSizeGreaterThan(1)
                .doesNotContain("")
                .matches(keys -> Set.copyOf(keys).size() == 1, "all have the same key");
    }

    @Test
    void reportsOfTheNextAuthorRefused_noFigureOfTheLastAuthorStays() throws Exception {
        page.awaitConnection();
        page.like("bob");
        browser.element(target("week", "run")).click();
        browser.awaitText(target("week", "likes"), "^1$");
        EmbeddedService reports = page.heartline.reports();

        reports.close();
        try {
            browser.element("#author").sendKeys("-2" + Keys.ENTER);
            browser.awaitText(target("week", "state"), "does not answer$");
            assertThat(browser.text(target("week", "likes"))).isEqualTo("–");
            assertThat(browser.text(target("week", "likers"))).isEqualTo("– people");
            assertThat(browser.text(target("week", "posts"))).isEmpty();
            assertThat(browser.text(target("differ", "explanation"))).startsWith("Nothing to compare yet.");
        } finally {
            reports.start();
        }
    }

    @Test
    void malformedFramesAndReports_leaveThePageIntact() throws Exception {
        try (MalformedResponseServer nonsense = new MalformedResponseServer()) {
            browser.open(nonsense.url());

            browser.awaitText(target("live", "state"), "^Live, by long poll$");
            browser.awaitText(target("live", "feed"), "990 likes and 10 taken back");
            browser.awaitText(target("live", "feed"), "A frame that cannot be read");
            browser.awaitText(target("live", "feed"), "bob liked p-1");
            browser.awaitText(target("live", "count"), "^991$");
            browser.awaitText(target("week", "state"), "^500: report-batch gave no reason$");
            for (String[] answer : new String[][] {
                {"<html>who is asking?", "^report-batch did not answer with JSON$"},
                {"{}", "^report-batch did not answer with a report$"},
                {"{\"items\":[{}]}", "^report-batch did not answer with a report$"},
            }) {
                nonsense.respondToReportsWith(200, answer[0]);
                browser.element("#choose button").click();
                browser.awaitText(target("week", "state"), answer[1]);
            }
            nonsense.respondToReportsWith(400, "{\"detail\":\"week must be one\",\"title\":\"Bad Request\"}");
            browser.element("#choose button").click();
            browser.awaitText(target("week", "state"), "^400: week must be one$");
            browser.awaitText(target("live", "feed"), "bob liked p-1");
            assertThat(browser.text("#failure")).isEmpty();
        }
    }

    @Test
    void invalidAuthor_isNeverRequested() {
        browser.open(page.heartline.reports().url() + "/#author=..");

        browser.awaitText("#notice", "^“..” is not a valid author: an author must be 1 to 128 characters");
        page.awaitConnection();
        browser.run("location.hash = 'author=%2E'");
        browser.awaitText("#notice", "^“.” is not a valid author");
        browser.run("document.getElementById('author').value = '..'");
        browser.element("#choose button").click();
        browser.awaitText("#notice", "^“..” is not a valid author");
        assertThat(browser.network(Set.of("Network.requestWillBeSent", "Network.webSocketCreated")).stream()
                        .map(sent -> sent.has("url") ? sent.path("url") : sent.at("/request/url"))
                        .map(url -> URI.create(url.stringValue()).getPath())
                        .filter(path -> path.startsWith("/v1/")))
                .isNotEmpty()
                .allMatch(path -> path.startsWith("/v1/authors/alice/"));
    }

    @Test
    void inlineOrForeignContent_isBlockedByThePolicy() {
        page.awaitConnection();
        browser.run("""
                window.refused = new Set();
                addEventListener('securitypolicyviolation', ({ effectiveDirective }) => refused.add(effectiveDirective));
                const attempts = [
                  () => { new Image().src = 'https://elsewhere.example/spy.png'; },
                  () => fetch('https://elsewhere.example/').catch(() => {}),
                  () => document.body.setAttribute('style', 'color: red'),
                  () => document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: 'https://elsewhere.example/' })),
                  () => document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://elsewhere.example/' })),
                  () => { document.body.innerHTML = 'gone'; },
                  () => trustedTypes.createPolicy('any', { createHTML: (text) => text }),
                ];
                for (const attempt of attempts) try { attempt(); } catch { }
                """);
        Set<String> refused = Set.of(
                "img-src",
                "connect-src",
                "style-src-attr",
                "style-src-elem",
                "frame-src",
                "require-trusted-types-for",
                "trusted-types");
        await().untilAsserted(() -> assertThat((List<?>) browser.run("return [...refused]"))
                .map(Object::toString)
                .containsExactlyInAnyOrderElementsOf(refused));
        assertThat(browser.text("h1")).contains("Heartline");
    }
}
