package io.heartline.quickstart;

import static io.heartline.quickstart.PageExtension.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** The page on narrow and wide screens, in light and dark colours, by keyboard, and without motion. */
@Tag("browser")
class PageAppearanceIT {

    private static final String COLOR_SCHEME = "prefers-color-scheme";
    private static final String MOTION = "prefers-reduced-motion";

    @RegisterExtension
    static final PageExtension page = new PageExtension();

    private final Browser browser = page.browser;

    @AfterEach
    void preferNothing() {
        browser.prefer(Map.of());
    }

    private static String axe() throws IOException {
        try (InputStream script = PageAppearanceIT.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource({"360, light", "360, dark", "1440, light", "1440, dark"})
    void page_fitsTheWidth_andHasNoAxeViolations(int width, String scheme) throws Exception {
        browser.prefer(Map.of(COLOR_SCHEME, scheme, MOTION, "reduce")); // an animation changes the contrast
        browser.resize(width, 900);
        page.awaitConnection();
        page.like("a-liker-of-a-rather-long-name." + "x".repeat(90));
        browser.awaitText(target("live", "count"), "^1$");
        browser.run("document.querySelector('#credentials').hidden = document.querySelector('#alert').hidden = false;"
                + " document.querySelectorAll('details').forEach((details) => (details.open = true))");
        browser.awaitText("[data-curl=week]", "GraphQL");

        assertThat(browser.run("return document.documentElement.scrollWidth <= innerWidth"))
                .as("whether the content fits the width")
                .isEqualTo(true);
        browser.run(axe());
        Object found = browser.runAsync("""
                const done = arguments[arguments.length - 1];
                axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((result) => done(
                  result.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))));
                """);
        assertThat((List<?>) found).isEmpty();
    }

    /** The spacing is that of WCAG's success criterion 1.4.12. */
    @Test
    void enlargedAndSpacedText_fitsANarrowWidth() {
        browser.resize(360, 900);
        page.awaitConnection();

        browser.run("""
                const spacing = new CSSStyleSheet();
                spacing.replaceSync(`
                  html { font-size: 150%; }
                  * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }`);
                document.adoptedStyleSheets = [spacing];
                """);

        assertThat(browser.run("return document.documentElement.scrollWidth"))
                .as("the width of the content")
                .isEqualTo(360L);
    }

    @Test
    void bars_areVisibleInForcedColors() {
        browser.prefer(Map.of("forced-colors", "active"));
        page.awaitConnection();

        Object hidden = browser.run("""
                const background = (element) => getComputedStyle(element).backgroundColor;
                return ['.week-bars i', '.bars i.pull', '.bars i.before', '.key.pull', '.key.before'].filter((bar) =>
                  background(document.querySelector(bar)) === background(document.body));
                """);
        assertThat((List<?>) hidden).as("bars in the colour of the page").isEmpty();
    }

    @Test
    void everyControl_isReachedByTab_inReadingOrder() {
        page.awaitConnection();
        List<Object> reached = new ArrayList<>();
        for (browser.press(Keys.TAB); !hasFocus("body"); browser.press(Keys.TAB)) {
            Object name = browser.run(
                    "const e = document.activeElement; return e.id || e.name || e.dataset.target || e.textContent");
            assertThat(browser.run("return [document.activeElement, document.activeElement.closest('label')]"
                            + ".some((e) => e && getComputedStyle(e).outlineStyle === 'solid')"))
                    .as("visible focus of " + name)
                    .isEqualTo(true);
            reached.add(name);
        }
        assertThat(reached)
                .containsExactly(
                        "author",
                        "show",
                        "liker",
                        "post",
                        "like",
                        "unlike",
                        "burst",
                        "As a curl command",
                        "way",
                        "go-offline",
                        "feed",
                        "As a curl command",
                        "figures",
                        "week",
                        "run",
                        "csv",
                        "json",
                        "As curl commands",
                        "every",
                        "As a curl command",
                        "GraphiQL");
    }

    private boolean hasFocus(String css) {
        return (boolean) browser.run("return document.activeElement.matches(arguments[0])", css);
    }

    @Test
    void page_animates_unlessReducedMotionIsPreferred() throws Exception {
        String moving = "return document.getAnimations().length";
        page.awaitConnection();
        page.like("bob");
        browser.awaitText(target("live", "feed"), "bob liked p-1");
        assertThat(browser.run("return getComputedStyle(document.querySelector('.feed li')).animationName"))
                .isEqualTo("arrive");

        browser.prefer(Map.of(MOTION, "reduce"));

        page.like("carol");
        browser.awaitText(target("live", "feed"), "carol liked p-1");
        assertThat(browser.run(moving)).isEqualTo(0L);
        assertThat(browser.run("return getComputedStyle(document.querySelector('.feed li')).animationName"))
                .isEqualTo("none");
    }

    /** Writes the pictures of the README: the page after two minutes of sample traffic. */
    @Test
    @EnabledIfSystemProperty(named = "page.images", matches = ".+", disabledReason = "page.images names no folder")
    void pictures() throws Exception {
        page.author = "alice";
        try (SampleTraffic traffic = new SampleTraffic(page.heartline.producer().url(), null)) {
            traffic.start(true);
            page.open();
            awaitHistory();
            page.open();
            page.awaitConnection();
            browser.awaitText(target("compare", "over"), "^100 s$", Duration.ofMinutes(3));
            browser.element(target("try", "like")).click();
            browser.awaitText(target("try", "poll") + " [data-target=time]", "^after");
            browser.element(target("week", "run")).click();
            browser.awaitText(target("try", "report") + " [data-target=time]", "^after");
            browser.awaitText(target("compare", "over"), "^[2-5] minutes$", Duration.ofMinutes(3));
            Path folder = Files.createDirectories(Path.of("..", System.getProperty("page.images")));
            for (String scheme : List.of("light", "dark")) {
                browser.prefer(Map.of(COLOR_SCHEME, scheme));
                for (int width : new int[] {360, 1440}) {
                    browser.resize(width, 900);
                    browser.resize(
                            width, ((Long) browser.run("return document.documentElement.scrollHeight")).intValue());
                    browser.awaitText(target("compare", "verdict"), "Push: "); // the page is drawn again
                    Files.write(
                            folder.resolve("page-" + scheme + (width < 1440 ? "-narrow" : "") + ".png"),
                            browser.screenshot());
                }
            }
        }
    }

    /** Waits until the history was posted: until few likes arrive in a second. */
    private void awaitHistory() {
        AtomicInteger last = new AtomicInteger();
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    int count = Integer.parseInt(
                            browser.text(target("live", "count")).replace(",", ""));
                    return last.getAndSet(count) > count - 20 && count > 100;
                });
    }
}
