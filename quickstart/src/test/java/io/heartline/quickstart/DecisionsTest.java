package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks that the index of {@code docs/decisions} lists each decision with the status that its record states. */
class DecisionsTest {

    private static final String FOLDER = "docs/decisions/";
    private static final String LINK = "\\[[^]]+]\\(2026-[\\w-]+\\.md\\)";
    private static final String STATUS =
            "accepted|accepted, amended by " + LINK + "(?: and " + LINK + ")*|superseded by " + LINK;

    private static final Pattern ROW = Pattern.compile(
            "(?m)^\\| (\\d{4}-\\d\\d-\\d\\d) \\| \\[(.+?)]\\((\\1-[\\w-]+\\.md)\\) \\| [^|]+\\. \\| (.+) \\|$");

    private static final Pattern TARGET = Pattern.compile("\\((2026-[\\w-]+\\.md)\\)");

    private final Map<String, Decision> records = records();

    DecisionsTest() throws IOException {}

    private record Decision(String title, String status) {}

    @Test
    void everyRecord_statesItsStatus_inItsThirdLine() {
        assertThat(records).isNotEmpty().allSatisfy((name, record) -> {
            assertThat(record.status()).as(name).matches(STATUS);
            assertThat(records.keySet()).as(name).containsAll(Documentation.find(TARGET, record.status()));
        });
    }

    @Test
    void index_listsEveryRecord_withItsTitleAndStatus() throws IOException {
        Map<String, Decision> listed = new HashMap<>();
        ROW.matcher(Documentation.read(FOLDER + "README.md")).results().forEach(row -> assertThat(
                        listed.put(row.group(3), new Decision(row.group(2), row.group(4))))
                .as("listed twice: %s", row.group(3))
                .isNull());

        assertThat(listed).isEqualTo(records);
    }

    private static Map<String, Decision> records() throws IOException {
        Map<String, Decision> records = new HashMap<>();
        try (var files = Files.newDirectoryStream(Documentation.ROOT.resolve(FOLDER), "2*.md")) {
            for (var file : files) {
                var lines = Files.readAllLines(file);
                assertThat(lines.get(2)).as(file.toString()).startsWith("Status: ");
                records.put(
                        file.getFileName().toString(),
                        new Decision(
                                lines.get(0).substring("# ".length()),
                                lines.get(2).substring("Status: ".length())));
            }
        }
        return records;
    }
}
