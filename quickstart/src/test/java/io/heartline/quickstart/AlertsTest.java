package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Compares the alerts with the runbook that an operator reads when an alert fires. */
class AlertsTest {

    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern TESTED = Pattern.compile("alertname: (\\w+)");
    private static final Pattern RUNBOOK = Pattern.compile("runbook: docs/operations\\.md#(\\w+)");
    private static final Pattern HEADING = Pattern.compile("(?m)^### (Heartline\\w+)$");

    private final String rules = Documentation.read("observability/alerts.yml");

    AlertsTest() throws IOException {}

    @Test
    void everyAlert_hasARunbookHeading_andEveryHeadingHasAnAlert() throws IOException {
        Set<String> alerts = Set.copyOf(Documentation.find(ALERT, rules));

        assertThat(alerts).isNotEmpty();
        assertThat(Documentation.find(HEADING, Documentation.read("docs/operations.md")))
                .containsExactlyInAnyOrderElementsOf(alerts);
    }

    @Test
    void everyAlert_namesItsHeading() {
        List<String> headings = Documentation.find(ALERT, rules).stream()
                .map(alert -> alert.toLowerCase(Locale.ROOT))
                .toList();

        assertThat(Documentation.find(RUNBOOK, rules)).isEqualTo(headings);
    }

    @Test
    void firstWeekPage_hasEveryAlertUnderItsSeverity() throws IOException {
        String page = Documentation.read("docs/first-week.md");
        for (String severity : List.of("critical", "warning")) {
            Pattern rule = Pattern.compile("(?s)- alert: (\\w+)(?:(?!- alert:).)*?severity: " + severity);
            List<String> row = Documentation.find(Pattern.compile("(?m)^\\| " + severity + ": (.*) \\|$"), page);

            assertThat(row).as(severity).hasSize(1);
            assertThat(Documentation.find(Pattern.compile("\\[(Heartline\\w+)\\]"), row.get(0)))
                    .containsExactlyInAnyOrderElementsOf(Set.copyOf(Documentation.find(rule, rules)));
        }
    }

    @Test
    void everyAlert_isTestedTwice_firingAndQuiet() throws IOException {
        List<String> expected = Documentation.find(ALERT, rules).stream()
                .flatMap(alert -> List.of(alert, alert).stream())
                .toList();

        assertThat(Documentation.find(TESTED, Documentation.read("observability/alerts.test.yml")))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void metricsOfAlerts_areDocumented() throws IOException {
        assertThat(Documentation.metricsIn(rules)).isNotEmpty().isSubsetOf(Documentation.metrics());
    }
}
