package io.heartline.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that each setting of the manifests exists: in docs/configuration.md, or in compose.production.yml and docs/tls.md. */
class SettingsTest {

    private static final Pattern PROPERTY = Pattern.compile("(?m)^\\| `([\\w.-]+)` \\| (?:`\\w+`|–) \\|");
    private static final Pattern VARIABLE = Pattern.compile("(?m)^\\| `[\\w.-]+` \\| `(\\w+)` \\|");
    private static final Pattern COMPOSE_VARIABLE = Pattern.compile("(?m)^  ([A-Z0-9_]+): ");
    private static final Pattern COMPOSE_FILE = Pattern.compile("target: ([\\w.-]+) }");
    private static final Pattern TLS_VARIABLE = Pattern.compile("(?m)^(SPRING_SSL_BUNDLE_\\w+)=");

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/example", "overlays/example-cronjob"})
    void environmentVariables_exist(String folder) throws IOException {
        for (Resource config : Kustomize.build(folder)) {
            if (config.kind().equals("ConfigMap")) {
                String name = config.name().replaceFirst("-\\w+$", ""); // without the hash
                Set<String> known = name.equals("heartline") ? variablesOfAll() : variables(name);
                assertThat(names(config.at("data")))
                        .as("%s in %s", name, folder)
                        .isSubsetOf(known);
            }
        }
    }

    @Test
    void everyConfigMap_isUsed_andEverySettingIsInOne() {
        List<Resource> resources = Kustomize.build("overlays/example-cronjob");
        Set<String> used = new HashSet<>();
        for (Resource resource : resources) {
            if (resource.podSpec() != null) {
                assertThat(resource.container().get("env"))
                        .as("%s has settings in ConfigMaps only", resource)
                        .isNull();
                for (Object from : (List<?>) resource.container().get("envFrom")) {
                    used.add((String) Resource.at(from, "configMapRef", "name"));
                }
            }
        }

        assertThat(resources)
                .filteredOn(resource -> resource.kind().equals("ConfigMap"))
                .extracting(Resource::name)
                .containsExactlyInAnyOrderElementsOf(used);
    }

    @Test
    void files_ofSecrets_areProperties() throws IOException {
        Set<String> known = new HashSet<>(Repository.find(COMPOSE_FILE, Repository.read("compose.production.yml")));
        for (String service : Repository.SERVICES) {
            known.addAll(documented(PROPERTY, service));
        }
        for (Resource resource : Kustomize.build("overlays/example-cronjob")) {
            if (resource.podSpec() != null) {
                assertThat(secretFiles(resource)).isNotEmpty().isSubsetOf(known);
            }
        }
    }

    /** Returns the names of the files that the pods have in {@code /etc/heartline/secrets}. */
    private static List<String> secretFiles(Resource resource) {
        return ((List<?>) Resource.at(resource.podSpec(), "volumes"))
                .stream()
                        .filter(volume -> "secrets".equals(Resource.at(volume, "name")))
                        .flatMap(volume -> ((List<?>) Resource.at(volume, "projected", "sources")).stream())
                        .flatMap(source -> ((List<?>) Resource.at(source, "secret", "items")).stream())
                        .map(item -> (String) Resource.at(item, "path"))
                        .toList();
    }

    private static Set<String> variablesOfAll() throws IOException {
        Set<String> common = variables("event-producer");
        for (String service : Repository.SERVICES) {
            common.retainAll(variables(service));
        }
        return common;
    }

    /** Returns the environment variables of a service, and those of Spring that other files of the repository use. */
    private static Set<String> variables(String service) throws IOException {
        Set<String> variables = new HashSet<>();
        Stream.of(
                        documented(VARIABLE, service).stream(),
                        Repository.find(COMPOSE_VARIABLE, Repository.read("compose.production.yml")).stream(),
                        Repository.find(TLS_VARIABLE, Repository.read("docs/tls.md")).stream()
                                .map(name -> name.replace("_HEARTLINE_", "_KAFKA_"))) // the bundle's name
                .forEach(names -> names.forEach(variables::add));
        return variables;
    }

    private static List<String> documented(Pattern column, String service) throws IOException {
        String section = Repository.read("docs/configuration.md")
                .split("(?m)^## " + service + "$")[1]
                .split("(?m)^## ")[0];
        List<String> found = Repository.find(column, section);
        assertThat(found).hasSizeGreaterThan(20);
        return found;
    }

    private static List<String> names(Object map) {
        return ((Map<?, ?>) map).keySet().stream().map(String.class::cast).toList();
    }
}
