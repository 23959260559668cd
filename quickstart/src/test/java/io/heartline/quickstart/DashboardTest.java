package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DashboardTest {

    private static final Pattern UID = Pattern.compile("(?m)^ +uid: (\\S+)");

    private final JsonNode dashboard =
            JsonMapper.shared().readTree(Documentation.read("observability/grafana/dashboards/heartline.json"));

    DashboardTest() throws IOException {}

    @Test
    void metricsOfTheDashboard_areDocumented_andCoverEachService() throws IOException {
        List<String> shown = expressions().stream()
                .flatMap(query -> Documentation.metricsIn(query).stream())
                .toList();

        assertThat(shown).isSubsetOf(Documentation.metrics());
        assertThat(shown)
                .anyMatch(metric -> metric.startsWith("heartline_producer_"))
                .anyMatch(metric -> metric.startsWith("heartline_gateway_"))
                .anyMatch(metric -> metric.startsWith("heartline_reports_"));
    }

    @Test
    void everyPanel_usesTheProvisionedDatasource() throws IOException {
        List<String> provisioned = Documentation.find(
                UID, Documentation.read("observability/grafana/provisioning/datasources/prometheus.yml"));

        assertThat(provisioned).hasSize(1);
        assertThat(dashboard.findValues("datasource"))
                .hasSizeGreaterThan(dashboard.path("panels").size())
                .allSatisfy(datasource ->
                        assertThat(datasource.path("uid").stringValue()).isEqualTo(provisioned.get(0)));
    }

    @Test
    void panels_haveUniqueIds_andDoNotOverlap() {
        List<JsonNode> panels = List.copyOf(dashboard.path("panels").values());

        assertThat(panels).extracting(panel -> panel.path("id").intValue()).doesNotHaveDuplicates();
        assertThat(panels.stream().map(panel -> panel.path("gridPos")))
                .doesNotHaveDuplicates()
                .allSatisfy(
                        at -> assertThat(at.path("x").intValue() + at.path("w").intValue())
                                .isLessThanOrEqualTo(24));
    }

    private List<String> expressions() {
        return dashboard.findValues("expr").stream().map(JsonNode::stringValue).toList();
    }
}
