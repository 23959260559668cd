package io.heartline.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that resources select the pods that they are for. */
class SelectorsTest {

    private static List<Resource> ofKind(String kind) {
        return Kustomize.build("overlays/example-cronjob").stream()
                .filter(resource -> resource.kind().equals(kind))
                .toList();
    }

    /** Returns the names of the workloads whose pods have the labels. */
    private static List<String> selected(Object matchLabels) {
        return Kustomize.build("overlays/example-cronjob").stream()
                .filter(resource -> resource.podSpec() != null)
                .filter(resource -> labels(resource).entrySet().containsAll(((Map<?, ?>) matchLabels).entrySet()))
                .map(Resource::name)
                .toList();
    }

    private static Map<?, ?> labels(Resource workload) {
        Object template = workload.kind().equals("CronJob")
                ? workload.at("spec", "jobTemplate", "spec", "template", "metadata", "labels")
                : workload.at("spec", "template", "metadata", "labels");
        return (Map<?, ?>) Objects.requireNonNull(template);
    }

    @Test
    void service_sendsClientsToItsOwnDeployment() {
        assertThat(ofKind("Service")).hasSize(3).allSatisfy(service -> assertThat(
                        selected(service.at("spec", "selector")))
                .containsExactly(service.name()));
    }

    @Test
    void deployment_selectsItsOwnPods() {
        assertThat(ofKind("Deployment")).hasSize(3).allSatisfy(deployment -> assertThat(
                        selected(deployment.at("spec", "selector", "matchLabels")))
                .containsExactly(deployment.name()));
    }

    @Test
    void disruptionBudget_isForItsOwnDeployment() {
        assertThat(ofKind("PodDisruptionBudget")).hasSize(3).allSatisfy(budget -> assertThat(
                        selected(budget.at("spec", "selector", "matchLabels")))
                .containsExactly(budget.name()));
    }

    @Test
    void denyingPolicy_isForAllPods() {
        Resource deny = ofKind("NetworkPolicy").stream()
                .filter(policy -> policy.name().equals("heartline-deny"))
                .findFirst()
                .orElseThrow();

        assertThat(deny.at("spec", "policyTypes")).isEqualTo(List.of("Ingress", "Egress"));
        assertThat(selected(deny.at("spec", "podSelector", "matchLabels")))
                .containsExactlyInAnyOrder("event-producer", "push-gateway", "report-batch", "report-batch-run");
    }

    @Test
    void autoscaler_setsTheNumberOfInstances_insteadOfTheDeployment() {
        List<String> scaled = ofKind("HorizontalPodAutoscaler").stream()
                .map(autoscaler -> autoscaler.text("spec", "scaleTargetRef", "name"))
                .toList();

        assertThat(scaled).containsExactlyInAnyOrder("event-producer", "push-gateway");
        assertThat(ofKind("Deployment")).allSatisfy(deployment -> assertThat(deployment.at("spec", "replicas") == null)
                .as("%s has no replicas", deployment)
                .isEqualTo(scaled.contains(deployment.name())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"event-producer", "push-gateway", "report-batch"})
    void rollingUpdate_removesNoInstanceBeforeANewOneIsReady(String service) {
        assertThat(ofKind("Deployment"))
                .filteredOn(deployment -> deployment.name().equals(service))
                .singleElement()
                .satisfies(deployment -> assertThat(deployment.at("spec", "strategy", "rollingUpdate"))
                        .isEqualTo(Map.of("maxUnavailable", 0, "maxSurge", 1)));
    }
}
