package io.heartline.reports.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads audit lines from captured output. */
public final class AuditLines {

    private static final String BEGIN = " : {\"action\":";

    private AuditLines() {}

    /**
     * Returns the audit lines that contain a text.
     *
     * @param output the captured output
     * @param text a part of the line
     * @return the JSON of each line, in order of output
     */
    public static List<JsonNode> with(CharSequence output, String text) {
        return output.toString()
                .lines()
                .filter(line -> line.contains(BEGIN) && line.contains(text))
                .map(line -> JsonMapper.shared().readTree(line.substring(line.indexOf(BEGIN) + 3)))
                .toList();
    }

    /**
     * Waits for the only audit line that contains a text. It waits because a client receives its response before the line is
     * written.
     *
     * @param output the captured output, which may grow
     * @param text a part of the line
     * @return the JSON of the line
     */
    public static JsonNode only(CharSequence output, String text) {
        await().untilAsserted(() -> assertThat(with(output, text)).hasSize(1));
        return with(output, text).get(0);
    }
}
