package io.heartline.reports.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The audit lines of an output. */
public final class AuditLines {

    private static final String BEGIN = " : {\"action\":";

    private AuditLines() {}

    /** Returns the lines that contain a text, in their order. */
    public static List<JsonNode> with(CharSequence output, String text) {
        return output.toString()
                .lines()
                .filter(line -> line.contains(BEGIN) && line.contains(text))
                .map(line -> JsonMapper.shared().readTree(line.substring(line.indexOf(BEGIN) + 3)))
                .toList();
    }

    /** Waits for the only line that contains a text: a client has its answer before it is logged. */
    public static JsonNode only(CharSequence output, String text) {
        await().untilAsserted(() -> assertThat(with(output, text)).hasSize(1));
        return with(output, text).get(0);
    }
}
