package io.heartline.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Compares the resources for Prometheus, and the metric of the autoscaler, with the rest of the repository. */
class MonitoringTest {

    private static Resource find(String name) {
        return Kustomize.build("overlays/example").stream()
                .filter(resource -> resource.toString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void rules_areTheAlertsOfObservability() throws IOException {
        Object alerts = Repository.documents(Repository.read("observability/alerts.yml"))
                .get(0)
                .get("groups");

        // Kustomize breaks long expressions into other lines, which PromQL ignores
        assertThat(inOneLine(find("PrometheusRule/heartline").at("spec", "groups")))
                .as(
                        "components/monitoring/rules.yaml has the groups of observability/alerts.yml, two columns to the right")
                .isEqualTo(inOneLine(alerts));
    }

    /** Returns the value with a space for each run of white space in texts. */
    private static @Nullable Object inOneLine(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> lines = new TreeMap<>();
            map.forEach((key, entry) -> lines.put(key, inOneLine(entry)));
            return lines;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(MonitoringTest::inOneLine).toList();
        }
        return value instanceof String text ? text.replaceAll("\\s+", " ") : value;
    }

    @Test
    void podMonitor_scrapesThePathAndTheJobsOfObservability() throws IOException {
        Resource monitor = find("PodMonitor/heartline");
        Object scrapes = Repository.documents(Repository.read("observability/prometheus.yml"))
                .get(0)
                .get("scrape_configs");

        assertThat(monitor.at("spec", "jobLabel")).isEqualTo("app.kubernetes.io/name");
        assertThat((List<?>) scrapes).hasSize(3).allSatisfy(scrape -> {
            assertThat((List<?>) monitor.at("spec", "podMetricsEndpoints"))
                    .singleElement()
                    .extracting(endpoint -> Resource.at(endpoint, "path"))
                    .isEqualTo(Resource.at(scrape, "metrics_path"));
            assertThat(((List<?>) monitor.at("spec", "selector", "matchExpressions")).toString())
                    .contains((String) Resource.at(scrape, "job_name"));
        });
    }

    @Test
    void autoscaler_countsADocumentedMetric_upToHalfOfTheMaximum() throws IOException {
        Object metric = ((List<?>) find("HorizontalPodAutoscaler/push-gateway").at("spec", "metrics"))
                .stream()
                        .filter(candidate -> "Pods".equals(Resource.at(candidate, "type")))
                        .findFirst()
                        .orElseThrow();
        String maximum = Kustomize.build("overlays/example").stream()
                .filter(resource -> resource.kind().equals("ConfigMap"))
                .map(resource -> resource.at("data", "HEARTLINE_GATEWAY_CONNECTIONS"))
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .findFirst()
                .orElseThrow();

        String name = (String) Resource.at(metric, "pods", "metric", "name");
        assertThat(Repository.read("docs/metrics.md")).contains("| `" + name + "` | gauge | connections |");
        assertThat(Repository.read("docs/kubernetes.md")).contains(name);
        assertThat((String) Resource.at(metric, "pods", "target", "averageValue"))
                .isEqualTo(String.valueOf(Integer.parseInt(maximum) / 2));
    }
}
