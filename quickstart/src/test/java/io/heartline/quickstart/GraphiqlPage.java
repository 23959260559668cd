package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** The page of GraphiQL in a browser. */
final class GraphiqlPage {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String RESULT = ".result-window .CodeMirror";

    private final Browser browser;

    GraphiqlPage(Browser browser) {
        this.browser = browser;
    }

    /** Clears the token and the query of the tab. GraphiQL stores its query after a delay, so it is not open meanwhile. */
    void clearStorage(String service) {
        browser.open(service + "/graphiql/layout.css");
        browser.run("sessionStorage.clear()");
    }

    /** Opens the documentation, and waits until it shows the schema. */
    void awaitDocumentation() {
        awaitElement("button[aria-label='Show Documentation Explorer']");
        browser.element("button[aria-label='Show Documentation Explorer']").click();
        awaitElement(".graphiql-doc-explorer-content .graphiql-doc-explorer-root-type");
    }

    /** Runs the query in the editor, as the button does. */
    void execute() {
        browser.element(".graphiql-execute-button").click();
    }

    void awaitResult(String text) {
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(result()).contains(text));
    }

    /** Returns the result, including the part that is not visible. */
    String result() {
        return (String) browser.run("return document.querySelector(arguments[0])?.CodeMirror.getValue() ?? ''", RESULT);
    }

    /** Enters a query, as typing does. */
    void setQuery(String query) {
        browser.run(
                "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue(arguments[0])",
                query);
    }

    /** Enters headers, as typing does. */
    void setHeaders(String json) {
        browser.run(
                "document.querySelectorAll('.graphiql-editor-tool .CodeMirror')[1].CodeMirror.setValue(arguments[0])",
                json);
    }

    /** Opens a dialog by its button, and closes it. */
    void openAndCloseDialog(String label) {
        browser.element("button[aria-label='" + label + "']").click();
        awaitElement(".graphiql-dialog-close");
        browser.element(".graphiql-dialog-close").click();
        await("the dialog closes").atMost(TIMEOUT).until(() -> !exists(".graphiql-dialog-close"));
    }

    void awaitElement(String css) {
        await(css).atMost(TIMEOUT).until(() -> exists(css));
    }

    private boolean exists(String css) {
        return (boolean) browser.run("return document.querySelector(arguments[0]) !== null", css);
    }
}
