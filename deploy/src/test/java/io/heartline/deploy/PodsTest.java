package io.heartline.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the pods with the services' own ports, paths and times, and checks their rights. */
class PodsTest {

    private static final String FOLDER = "overlays/example-cronjob";

    private static Stream<Resource> pods() {
        return Kustomize.build(FOLDER).stream().filter(resource -> resource.podSpec() != null);
    }

    private static Resource find(String kind, String name) {
        return Kustomize.build(FOLDER).stream()
                .filter(resource ->
                        resource.kind().equals(kind) && resource.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind + '/' + name));
    }

    /** Returns a setting of the service in the manifests. */
    private static String setting(String service, String variable) {
        return Kustomize.build(FOLDER).stream()
                .filter(resource -> resource.kind().equals("ConfigMap"))
                .filter(resource -> resource.name().matches(service + "-[a-z0-9]{10}"))
                .map(resource -> resource.text("data", variable))
                .findFirst()
                .orElseThrow();
    }

    private static int seconds(String duration) {
        assertThat(duration).matches("[0-9]+s");
        return Integer.parseInt(duration.replace("s", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-producer", "push-gateway", "report-batch"})
    void ports_areThoseOfTheService(String service) throws IOException {
        Map<String, Object> yaml = Repository.documents(
                        Repository.read(service + "/src/main/resources/" + service + ".yml"))
                .get(0);
        Object port = Resource.at(yaml, "server", "port");

        assertThat(port(find("Deployment", service), "http")).isEqualTo(port);
        assertThat(((List<?>) find("Service", service).at("spec", "ports")))
                .singleElement()
                .satisfies(published -> {
                    assertThat(Resource.at(published, "port")).isEqualTo(port);
                    assertThat(Resource.at(published, "targetPort")).isEqualTo("http");
                });
        assertThat(port(find("Deployment", service), "management"))
                .hasToString(setting("heartline", "MANAGEMENT_SERVER_PORT"));
    }

    private static Object port(Resource deployment, String name) {
        return ((List<?>) deployment.container().get("ports"))
                .stream()
                        .filter(port -> name.equals(Resource.at(port, "name")))
                        .map(port -> Resource.at(port, "containerPort"))
                        .findFirst()
                        .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-producer", "push-gateway", "report-batch"})
    void probes_requestThePathsOfTheDocumentation(String service) throws IOException {
        Map<?, ?> container = find("Deployment", service).container();
        String operations = Repository.read("docs/operations.md");

        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(Resource.at(container, probe, "httpGet", "port")).isEqualTo("management");
            String path = (String) Resource.at(container, probe, "httpGet", "path");
            assertThat(path)
                    .isEqualTo("/actuator/health/" + (probe.equals("readinessProbe") ? "readiness" : "liveness"));
            assertThat(operations).contains('`' + path + '`');
        }
    }

    /** The last column of "Health, and stopping" in docs/operations.md has the time from SIGTERM. */
    @ParameterizedTest
    @ValueSource(strings = {"event-producer", "push-gateway", "report-batch"})
    void terminationGracePeriod_isPreStop_andTheDocumentedTimeOfAStop(String service) throws IOException {
        Matcher row = Pattern.compile("(?m)^\\| " + service + " \\| .* \\| .*?([0-9]+) s \\|$")
                .matcher(Repository.read("docs/operations.md"));
        assertThat(row.find()).isTrue();
        Resource deployment = find("Deployment", service);

        assertThat(gracePeriod(deployment)).isEqualTo(preStop(deployment) + Integer.parseInt(row.group(1)));
    }

    @Test
    void gateway_drainsWithinTheGracePeriod_andBeforeTheNextInstanceStops() {
        Resource gateway = find("Deployment", "push-gateway");
        int drained = preStop(gateway) + seconds(setting("push-gateway", "HEARTLINE_GATEWAY_DRAIN"));
        int phase = seconds(setting("push-gateway", "SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE"));

        assertThat(gateway.number("spec", "minReadySeconds")).isGreaterThanOrEqualTo(drained);
        assertThat(gracePeriod(gateway)).isGreaterThanOrEqualTo(drained + phase + 5);
    }

    @Test
    void producer_answersPendingLikesWithinTheGracePeriod() {
        Resource producer = find("Deployment", "event-producer");

        assertThat(gracePeriod(producer))
                .isGreaterThan(
                        preStop(producer) + seconds(setting("event-producer", "HEARTLINE_PRODUCER_ACK_TIMEOUT")));
    }

    private static int preStop(Resource deployment) {
        return (int) Resource.at(deployment.container(), "lifecycle", "preStop", "sleep", "seconds");
    }

    private static int gracePeriod(Resource resource) {
        return (int) Resource.at(resource.podSpec(), "terminationGracePeriodSeconds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-producer", "push-gateway", "report-batch"})
    void memory_isThatOfComposeForProduction(String service) throws IOException {
        String compose = Repository.read("compose.production.yml").split("(?m)^  " + service + ":$")[1];
        Matcher limit = Pattern.compile("mem_limit: ([0-9]+)([mg])").matcher(compose);
        assertThat(limit.find()).isTrue();
        String quantity = limit.group(1) + (limit.group(2).equals("m") ? "Mi" : "Gi");

        Map<?, ?> container = find("Deployment", service).container();
        assertThat(Resource.at(container, "resources", "limits", "memory")).isEqualTo(quantity);
        assertThat(Resource.at(container, "resources", "requests", "memory")).isEqualTo(quantity);
    }

    @ParameterizedTest
    @MethodSource("pods")
    void pods_haveTheUserOfTheImage_andNoRights(Resource resource) throws IOException {
        Object pod = resource.podSpec();
        Map<?, ?> container = resource.container();
        assertThat(Repository.read("Dockerfile")).contains("\nUSER 10001:10001\n");

        assertThat(Resource.at(pod, "securityContext"))
                .isEqualTo(Map.of(
                        "runAsNonRoot", true,
                        "runAsUser", 10001,
                        "runAsGroup", 10001,
                        "fsGroup", 10001,
                        "seccompProfile", Map.of("type", "RuntimeDefault")));
        assertThat(container.get("securityContext"))
                .isEqualTo(Map.of(
                        "readOnlyRootFilesystem", true,
                        "allowPrivilegeEscalation", false,
                        "capabilities", Map.of("drop", List.of("ALL"))));
        assertThat(Resource.at(pod, "automountServiceAccountToken")).isEqualTo(false);
        assertThat(Resource.at(pod, "enableServiceLinks")).isEqualTo(false);
        assertThat((List<?>) container.get("volumeMounts"))
                .filteredOn(mount -> !Boolean.TRUE.equals(Resource.at(mount, "readOnly")))
                .extracting(mount -> Resource.at(mount, "mountPath"))
                .containsExactly("/tmp");
    }

    @ParameterizedTest
    @MethodSource("pods")
    void images_haveATag(Resource resource) {
        assertThat((String) resource.container().get("image"))
                .matches("registry\\.example\\.com/heartline/[a-z-]+:[0-9.]+");
    }

    @Test
    void cronJob_hasTheSecretsOfTheDeployment() {
        assertThat(Resource.at(find("CronJob", "report-batch-run").podSpec(), "volumes"))
                .isEqualTo(Resource.at(find("Deployment", "report-batch").podSpec(), "volumes"));
    }
}
