package io.heartline.quickstart;

import static io.heartline.quickstart.PageExtension.target;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The live report on the page: this week's figures, which change without a run of the batch. */
@Tag("browser")
@Order(0) // starts first, because it takes long
class PageLiveReportIT {

    @RegisterExtension
    static final PageExtension page = new PageExtension();

    private final Browser browser = page.browser;

    @BeforeEach
    void awaitLiveReport() {
        page.awaitConnection();
        browser.awaitText(target("week", "age"), "live$");
    }

    @AfterEach
    void page_causesNoConsoleWarnings() {
        assertThat(browser.consoleWarnings()).isEmpty();
        assertThat(browser.text("#failure")).isEmpty();
    }

    /** Returns the number of requests for a live report since the page was opened, or since the last call. */
    private long liveReportRequests() {
        return browser.network(Set.of("Network.requestWillBeSent")).stream()
                .map(sent -> sent.path("request"))
                .filter(request ->
                        request.path("headers").path("Accept").asString("").equals("text/event-stream"))
                .filter(request -> request.path("url").asString("").endsWith("/reports/current"))
                .count();
    }

    @Test
    void thisWeek_changesWithEachLike_beforeAnyRun() throws Exception {
        page.like("bob");
        browser.awaitText(target("week", "likes"), "^1$");
        page.like("bob");
        page.like("carol");
        browser.awaitText(target("week", "likers"), "^2 people$");

        assertThat(browser.text(target("week", "likes"))).isEqualTo("2");
        assertThat(browser.text(target("week", "posts"))).isEqualTo("p-12");
        browser.awaitText(
                target("differ", "explanation"), "The report read 3 likes of this week and counts 2, because a person");
        assertThat(liveReportRequests()).isEqualTo(1);
    }

    @Test
    void switch_showsTheLastRun_orTheLiveReport() throws Exception {
        page.like("bob");
        browser.awaitText(target("week", "likes"), "^1$");

        browser.choose("#figures", "last-run");
        browser.awaitText(target("week", "likes"), "^0$");
        page.run();
        browser.awaitText(target("week", "likes"), "^1$");
        browser.awaitText(target("week", "age"), "updated (.* ago|just now)$");
        page.like("carol");
        browser.awaitText(target("differ", "explanation"), "has 2 likes .*, of which 1 is not in the report yet");
        assertThat(browser.text(target("week", "likes"))).isEqualTo("1");

        browser.choose("#figures", "live");
        browser.awaitText(target("week", "likes"), "^2$");
        browser.awaitText(target("week", "age"), "live$");
        assertThat(liveReportRequests()).isEqualTo(1);
    }

    @Test
    void click_isTracedToTheLiveReport_whichIsMeasured() {
        browser.element(target("try", "like")).click();

        browser.awaitText(target("try", "live-report") + " [data-target=time]", "^after [0-9.]+ m?s$");
        assertThat(browser.element(target("try", "report")).getDomAttribute("data-state"))
                .isEqualTo("waiting");
        String row = target("compare", "figures") + " tr:nth-child(%d) td:last-child";
        browser.awaitText(row.formatted(1), "^1$");
        browser.awaitText(row.formatted(2), "^[0-9.]+ m?s$");
        browser.awaitText(row.formatted(6), "^[0-9.]+ [KM]B$");
    }

    @Test
    void offlineVisitor_seesTheTimeOfTheFigures_andContinuesWithThePresent() {
        browser.element("#go-offline").click();
        browser.awaitText(
                target("week", "state"),
                "^Week [0-9]+, still counting\\. Figures as of [0-9:]{8} UTC, because you are offline$");
        browser.awaitText("#go-offline", "^Go offline for 10 s$");

        browser.awaitText(target("week", "age"), "live$");
        browser.awaitText(target("week", "likes"), "^10$");
    }

    @Test
    void otherAuthor_hasALiveReportOfItsOwn() throws Exception {
        page.like("bob");
        browser.awaitText(target("week", "likes"), "^1$");
        liveReportRequests();

        browser.run("document.getElementById('author').value = arguments[0]", page.author + "-2");
        browser.element("#choose button").click();
        browser.awaitText(target("week", "age"), "live$");
        browser.awaitText(target("week", "likes"), "^0$");

        assertThat(liveReportRequests()).isEqualTo(1);
    }

    @Test
    void reportBatchRestarted_figuresHaveTheirTime_andTheLiveReportIsBack() throws Exception {
        page.like("bob");
        browser.awaitText(target("week", "likes"), "^1$");
        EmbeddedService reports = page.heartline.reports();

        reports.close();
        try {
            browser.awaitText(
                    target("week", "state"),
                    "^Week [0-9]+, still counting\\. Figures as of [0-9:]{8} UTC,"
                            + " because report-batch at http://localhost:[0-9]+ does not answer$");
            page.like("carol");
        } finally {
            reports.start();
        }

        browser.awaitText(target("week", "likes"), "^2$", Duration.ofSeconds(60));
        browser.awaitText(target("week", "age"), "live$");
        browser.consoleWarnings(); // of the requests while it was down
    }
}
