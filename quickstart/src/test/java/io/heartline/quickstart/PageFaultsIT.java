package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** If a service is down or its responses are malformed, the page shows this, and its other parts continue to work. */
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
        browser.awaitText("#live-count", "^1$");

        gateway.close();
        try {
            browser.awaitText("#live-state", "^the gateway at http://localhost:[0-9]+ does not answer; trying again$");
            browser.awaitText("#feed", "the connection broke");
            for (int i = 0; i < 17; i++) {
                page.like("person-" + i);
            }
        } finally {
            gateway.start();
        }

        browser.awaitText("#feed", "resumed, 17 missed likes replayed");
        browser.awaitText("#live-state", "^connected by WebSocket$");
        browser.awaitText("#live-count", "^18$");
        page.like("carol");
        browser.awaitText("#feed li", "^carol liked p-1");
        assertThat(browser.text("#feed")).contains("resumed, 17 missed likes replayed");
    }

    @Test
    void gatewayDown_pageOpens_andConnectsOnceItIsUp() throws Exception {
        EmbeddedService gateway = page.heartline.gateway();
        gateway.close();
        try {
            page.open();
            browser.awaitText("#week-state", "open, revision 1");
            browser.awaitText("#live-state", "^the gateway at http://localhost:[0-9]+ does not answer; trying again$");
        } finally {
            gateway.start();
        }

        // the first handshake can fail before the gateway is up, and the poll after it can succeed
        browser.awaitText("#live-state", "^connected by (WebSocket|long poll)$");
        page.like("bob");
        browser.awaitText("#feed", "bob liked p-1");
    }

    @Test
    void reportBatchDown_lastFiguresStay_andAreMarkedAsOld() throws Exception {
        EmbeddedService reports = page.heartline.reports();
        page.awaitConnection();

        reports.close();
        try {
            browser.awaitText(
                    "#week-state",
                    "^report-batch at http://localhost:[0-9]+ does not answer; the figures are the last it gave,$");
            assertThat(browser.text("#week-likes")).isEqualTo("0");
            page.like("bob");
            browser.awaitText("#feed", "bob liked p-1");
            browser.element("#run").click();
            browser.awaitText("#run-state", "^No run: report-batch at .* does not answer$");
        } finally {
            reports.start();
        }

        browser.awaitText("#week-state", "open, revision 1");
    }

    @Test
    void producerDown_likeIsUnconfirmed_andRetriedUnderTheSameKey() {
        EmbeddedService producer = page.heartline.producer();
        page.awaitConnection();

        producer.close();
        try {
            browser.element("#heart").click();
            browser.awaitText(
                    "#like-state",
                    "^the event producer at http://localhost:[0-9]+ does not answer\\. Whether it was taken is not known");
            assertThat(browser.text("#step-kafka span")).isEqualTo("no");
        } finally {
            producer.start();
        }

        browser.element("#heart").click();
        browser.awaitText("#step-push span", "^after [0-9.]+ m?s$");
        browser.awaitText("#live-count", "^1$");
        assertThat(browser.network(Set.of("Network.requestWillBeSent")).stream()
                        .map(sent -> sent.path("request"))
                        .filter(request -> request.path("method").asString("").equals("POST"))
                        .map(request ->
                                request.path("headers").path("Idempotency-Key").asString("")))
                .hasSize(2)
                .doesNotContain("")
                .matches(keys -> Set.copyOf(keys).size() == 1, "both have the same key");
    }

    @Test
    void malformedFramesAndReports_leaveThePageIntact() throws Exception {
        try (MalformedResponseServer nonsense = new MalformedResponseServer()) {
            browser.open(nonsense.url());

            browser.awaitText("#live-state", "^connected by long poll$");
            browser.awaitText("#feed", "990 more likes, 10 withdrawn");
            browser.awaitText("#feed", "a frame that cannot be read");
            browser.awaitText("#feed", "bob liked p-1");
            browser.awaitText("#live-count", "^991$");
            browser.awaitText("#week-state", "^500: report-batch said no more$");
            for (String[] answer : new String[][] {
                {"<html>who is asking?", "^report-batch answered with what is no JSON$"},
                {"{}", "^report-batch answered with what is no report$"},
                {"{\"items\":[{}]}", "^report-batch answered with what is no report$"},
            }) {
                nonsense.respondToReportsWith(200, answer[0]);
                browser.element("#choose button").click();
                browser.awaitText("#week-state", answer[1]);
            }
            nonsense.respondToReportsWith(400, "{\"detail\":\"week must be one\",\"title\":\"Bad Request\"}");
            browser.element("#choose button").click();
            browser.awaitText("#week-state", "^400: week must be one$");
            browser.awaitText("#feed", "bob liked p-1");
            assertThat(browser.text("#trouble")).isEmpty();
        }
    }

    @Test
    void invalidAuthor_isNeverRequested() {
        browser.open(page.heartline.reports().url() + "/#author=..");

        browser.awaitText("#notice", "^“..” is no author: an author must be 1 to 128 characters");
        page.awaitConnection();
        browser.run("location.hash = 'author=%2E'");
        browser.awaitText("#notice", "^“.” is no author");
        browser.run("document.getElementById('author').value = '..'");
        browser.element("#choose button").click();
        browser.awaitText("#notice", "^“..” is no author");
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
