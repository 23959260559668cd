package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** GraphiQL as a person sees it in a browser without internet access, without warnings of the browser. */
@Tag("browser")
class GraphiqlIT {

    @RegisterExtension
    static final PageExtension page = new PageExtension();

    private final Browser browser = page.browser;
    private final GraphiqlPage graphiql = new GraphiqlPage(browser);

    @BeforeEach
    void open() {
        graphiql.clearStorage(page.heartline.reports().url());
        browser.open(page.heartline.reports().url() + "/graphiql#author=" + page.author);
        graphiql.awaitElement(".graphiql-execute-button");
    }

    @AfterEach
    void page_violatesNoPolicy_andRequestsNoOtherService() {
        assertThat(browser.consoleWarnings()).isEmpty();
        assertThat(browser.requestedHosts())
                .containsExactly("localhost:" + page.heartline.reports().port());
    }

    @Test
    void defaultQuery_isAnsweredWithTheAuthorsReport() throws Exception {
        page.like("bob");
        page.open();
        page.awaitConnection();
        page.run();
        open();

        graphiql.execute();

        graphiql.awaitResult("\"likes\": 1,");
        assertThat(graphiql.result())
                .contains("\"authorId\": \"" + page.author + "\"", "\"postId\": \"p-1\"")
                .doesNotContain("errors");
        assertThat(browser.element("#credentials").isDisplayed()).isFalse();
    }

    @Test
    void schema_isShownAsDocumentation_andChecksTheQuery() {
        graphiql.awaitDocumentation();
        browser.element(".graphiql-doc-explorer-type-name").click();
        browser.awaitText(".graphiql-doc-explorer-content", "weeklyReport");

        graphiql.setQuery("{ weeklyReport(author: \"alice\", week: \"current\") { noSuchField } }");

        graphiql.awaitElement(".graphiql-query-editor .CodeMirror-lint-mark-error");
    }

    /** The documentation writes HTML, and a dialog writes a style sheet. */
    @Test
    void panelsAndDialogs_open() {
        graphiql.awaitDocumentation();
        graphiql.openAndCloseDialog("Open settings dialog");
        graphiql.openAndCloseDialog("Open short keys dialog");
        browser.element("button[aria-label='Show History']").click();
        graphiql.awaitElement(".graphiql-history");
    }
}
