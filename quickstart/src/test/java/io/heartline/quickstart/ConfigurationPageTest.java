package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/** Checks that docs/configuration.md has the settings that the services read, each with its default. */
class ConfigurationPageTest {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(heartline\\.[a-z.-]*[a-z])` \\| `(\\w+)` \\| (?:`(.+?)`|–) \\| (.+) \\|$");

    private static final String NOT_SET = "–";

    private final String page = Documentation.read("docs/configuration.md");

    ConfigurationPageTest() throws IOException {}

    @Test
    void page_hasAllSettings_withTheirDefaults() throws Exception {
        Map<String, String> onPage = new TreeMap<>();
        ROW.matcher(page).results().forEach(row -> {
            String defaultValue = row.group(3) == null ? NOT_SET : row.group(3);
            assertThat(onPage.getOrDefault(row.group(1), defaultValue))
                    .as("%s in another service", row.group(1))
                    .isEqualTo(defaultValue);
            onPage.put(row.group(1), defaultValue);
        });

        assertThat(onPage).containsExactlyInAnyOrderEntriesOf(settings());
    }

    @Test
    void environmentVariables_areNamesOfTheirProperties() {
        assertThat(ROW.matcher(page).results()).allSatisfy(row -> assertThat(row.group(2))
                .isEqualTo(row.group(1).replaceAll("[.-]", "_").toUpperCase(Locale.ROOT)));
    }

    /** Returns the settings of all services with the defaults of the code. */
    private static Map<String, String> settings() throws ClassNotFoundException {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        Map<String, String> found = new TreeMap<>();
        for (var candidate : scanner.findCandidateComponents("io.heartline")) {
            Class<?> type = Class.forName(candidate.getBeanClassName());
            addComponents(type.getAnnotation(ConfigurationProperties.class).value(), type, found);
        }
        return found;
    }

    private static void addComponents(String prefix, Class<?> type, Map<String, String> found) {
        RecordComponent[] components = type.getRecordComponents();
        // a default is an annotation of the constructor's parameter, and not of the component
        Parameter[] parameters = Stream.of(type.getDeclaredConstructors())
                .filter(constructor -> constructor.getParameterCount() == components.length)
                .findFirst()
                .orElseThrow()
                .getParameters();
        for (int i = 0; i < components.length; i++) {
            String name = prefix + "." + kebabCase(components[i].getName());
            if (components[i].getType().isRecord()) {
                addComponents(name, components[i].getType(), found);
            } else {
                found.put(name, defaultOf(parameters[i]));
            }
        }
    }

    private static String kebabCase(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String defaultOf(Parameter parameter) {
        DefaultValue annotation = parameter.getAnnotation(DefaultValue.class);
        if (annotation != null) {
            return Stream.of(annotation.value()).collect(Collectors.joining(", "));
        }
        return parameter.getType() == boolean.class ? "false" : NOT_SET;
    }
}
