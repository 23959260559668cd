package io.heartline.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Checks each resource against its schema, and that the check finds mistakes. */
class SchemasTest {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/example", "overlays/example-cronjob"})
    void resources_haveOnlyFieldsOfTheirSchemas(String folder) {
        List<Resource> resources = Kustomize.build(folder);

        assertThat(resources).hasSizeGreaterThan(15).allSatisfy(Schemas::check);
    }

    @Test
    void resourceOfThePage_hasOnlyFieldsOfItsSchema() throws IOException {
        String block = Repository.find(BLOCK, Repository.read("docs/kubernetes.md")).stream()
                .filter(yaml -> yaml.contains("kind: Kafka\n"))
                .findFirst()
                .orElseThrow();

        Schemas.check(new Resource(Repository.documents(block).get(0)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Deployment/push-gateway               | terminationGracePeriodSeconds | terminationGracePeriodSecond
            Deployment/push-gateway               | whenUnsatisfiable             | whenUnsatisfied
            Deployment/push-gateway               | readOnlyRootFilesystem        | readOnlyRootFileSystem
            Deployment/push-gateway               | httpGet                       | httpget
            Deployment/push-gateway               | preStop                       | prestop
            HorizontalPodAutoscaler/push-gateway  | averageValue                  | averagevalue
            PodDisruptionBudget/push-gateway      | maxUnavailable                | maxUnavailabe
            NetworkPolicy/heartline-clients       | namespaceSelector             | nameSpaceSelector
            CronJob/report-batch-run              | concurrencyPolicy             | concurencyPolicy
            Ingress/push-gateway                  | ingressClassName              | ingressClass
            KafkaTopic/likes                      | replicas                      | replicationFactor
            KafkaUser/report-batch                | patternType                   | pattern
            PodMonitor/heartline                  | jobLabel                      | job
            PrometheusRule/heartline              | annotations                   | anotations
            """)
    void misspeltField_isRefused(String resource, String field, String misspelt) {
        Resource edited = edited(resource, field + ':', misspelt + ':');

        assertThatThrownBy(() -> Schemas.check(edited))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(misspelt);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Deployment/push-gateway              | minReadySeconds: 15           | minReadySeconds: soon
            Deployment/push-gateway              | readOnlyRootFilesystem: true  | readOnlyRootFilesystem: [1]
            Deployment/push-gateway              | maxSurge: 1                   | maxSurge: [1]
            Deployment/push-gateway              | memory: 1Gi                   | memory: 1GiB
            HorizontalPodAutoscaler/push-gateway | maxReplicas: 10               | maxReplicas: ten
            HorizontalPodAutoscaler/push-gateway | averageValue: '10000'         | averageValue: many
            KafkaTopic/likes                     | partitions: 48                | partitions: many
            """)
    void wrongValue_isRefused(String resource, String value, String wrong) {
        Resource edited = edited(resource, value, wrong);

        assertThatThrownBy(() -> Schemas.check(edited)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void missingField_isRefused() {
        Resource edited = edited("HorizontalPodAutoscaler/push-gateway", "  maxReplicas: 10\n", "");

        assertThatThrownBy(() -> Schemas.check(edited)).hasMessageContaining("`maxReplicas` is not found");
    }

    /** Returns the resource with a part of its YAML replaced. */
    private static Resource edited(String resource, String part, String replacement) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        String yaml = new Yaml(options).dump(find(resource).content());
        assertThat(yaml).contains(part);
        return new Resource(
                Repository.documents(yaml.replace(part, replacement)).get(0));
    }

    private static Resource find(String name) {
        return Kustomize.build("overlays/example-cronjob").stream()
                .filter(resource -> resource.toString().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
