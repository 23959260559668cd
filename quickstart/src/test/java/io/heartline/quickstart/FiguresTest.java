package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Checks that a measured figure is given once. The tests search for ratios with a range and for prices in CPU time, because
 * these are recognizable. Figures of the benchmarks are in {@code docs/benchmarks}, and figures that compare push with pull are
 * in {@code docs/push-vs-pull.md}; other pages link to them. A decision may have figures that were measured only for it.
 */
class FiguresTest {

    private static final Pattern RANGE = Pattern.compile("([0-9][0-9.]* (?:%|µs |ms )?\\([0-9.]+ to [0-9.]+\\))");
    private static final Pattern PRICE = Pattern.compile("([0-9.]+ µs|CPU-second)");

    private static final String PUSH_VS_PULL = "docs/push-vs-pull.md";

    @Test
    void pages_haveNoRanges_andNoPrices() throws IOException {
        List<String> pages = markdown("docs");
        pages.remove(PUSH_VS_PULL);
        pages.add("README.md");

        for (String page : pages) {
            String text = Documentation.read(page);
            assertThat(Documentation.find(RANGE, text)).as(page).isEmpty();
            assertThat(Documentation.find(PRICE, text)).as(page).isEmpty();
        }
    }

    @Test
    void decisions_haveOnlyRangesOfTheirOwn() throws IOException {
        List<String> elsewhere = new ArrayList<>();
        for (String page : List.of("docs/benchmarks/README.md", PUSH_VS_PULL)) {
            elsewhere.addAll(Documentation.find(RANGE, Documentation.read(page)));
        }
        assertThat(elsewhere).isNotEmpty();

        for (String decision : markdown("docs/decisions")) {
            List<String> own = Documentation.find(RANGE, Documentation.read(decision));
            assertThat(own).as(decision).doesNotContainAnyElementsOf(elsewhere);
            elsewhere.addAll(own);
        }
    }

    private static List<String> markdown(String folder) throws IOException {
        List<String> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(Documentation.ROOT.resolve(folder), "*.md")) {
            for (Path file : files) {
                found.add(folder + "/" + file.getFileName());
            }
        }
        return found;
    }
}
