package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that each threat of docs/security.md names tests, and that these tests exist. */
class ThreatsTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| .* \\| (`\\w+(?:Test|IT|Requests)\\b.*) \\|$");
    private static final Pattern NAMED = Pattern.compile("`(\\w+(?:Test|IT|Requests)(?:\\.\\w+)?)`");

    private final String page = Documentation.read("docs/security.md");

    ThreatsTest() throws IOException {}

    @Test
    void everyThreat_hasATest() {
        String table = page.split("(?m)^## Threats$")[1].split("(?m)^## ")[0];
        List<String> rows =
                table.lines().filter(line -> line.startsWith("| ")).skip(1).toList();

        assertThat(rows).hasSizeGreaterThan(20).allMatch(row -> ROW.matcher(row).matches());
    }

    @Test
    void everyNamedTest_exists() throws IOException {
        List<Path> sources = sources();

        assertThat(Documentation.find(NAMED, page)).isNotEmpty().allSatisfy(named -> {
            String[] parts = named.split("\\.");
            assertThat(sources)
                    .as(named)
                    .anyMatch(source ->
                            source.endsWith(parts[0] + ".java") && (parts.length == 1 || has(source, parts[1])));
        });
    }

    private static boolean has(Path source, String method) {
        try {
            return Files.readString(source).contains(" void " + method + "(");
        } catch (IOException e) {
            return false; // the assertion names the test
        }
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.find(
                Documentation.ROOT,
                12,
                (path, is) -> is.isRegularFile() && path.toString().contains("src/test/java"))) {
            return files.toList();
        }
    }
}
