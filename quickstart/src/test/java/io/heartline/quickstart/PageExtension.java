package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.Folders;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The whole system and a browser for one test class. The browser shows the page for an author of the test's own. */
final class PageExtension implements ExecutionCondition, BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    Browser browser;
    Heartline heartline;
    String author;

    private Path folder;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Browser.isAvailable()
                ? ConditionEvaluationResult.enabled("a browser is installed")
                : ConditionEvaluationResult.disabled(
                        "chromium or chromedriver is not installed, so the page is not tested");
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        folder = Files.createTempDirectory("page");
        heartline = new Heartline(FreePortSettings.of(folder, false, false));
        browser = new Browser();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        author = Backends.unique("author");
        browser.resize(1200, 900);
        open();
    }

    /** Returns the selector of an element of a panel. */
    static String target(String panel, String name) {
        return "#" + panel + " [data-target=" + name + "]";
    }

    void open() {
        browser.open(heartline.reports().url() + "/#author=" + author);
    }

    void awaitConnection() {
        browser.awaitText(target("live", "state"), "^Live$");
        browser.awaitText(target("week", "state"), "^Week [0-9]+, still counting$");
    }

    /** Starts a run on the page, and waits for its end. */
    void run() {
        browser.element(target("week", "run")).click();
        browser.awaitText(target("week", "run-state"), "^The run is done: [0-9,]+ likes? counted in ");
    }

    void like(String liker) throws Exception {
        like("p-1", liker, Instant.now());
    }

    void like(String post, String liker, Instant at) throws Exception {
        String body = "{\"postId\":\"" + post + "\",\"authorId\":\"" + author + "\",\"likerId\":\"" + liker
                + "\",\"at\":\"" + at + "\"}";
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(heartline.producer().url() + "/v1/likes"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        browser.close();
        heartline.close();
        Folders.delete(folder);
    }
}
