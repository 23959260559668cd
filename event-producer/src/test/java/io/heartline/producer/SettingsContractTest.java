package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

/** Compares the default settings with the figures in {@code event-producer.yaml}. */
class SettingsContractTest {

    private static final String PREFIX = "heartline.producer.";

    @Test
    void callersSettings_areDocumentedWithTheirDefaults() throws IOException {
        Map<String, String> configured = new TreeMap<>(configured());

        assertThat(bound(configured)).isEqualTo(bound(Map.of()));
        configured.keySet().removeIf(key -> key.matches("source|topic-check-interval|topic\\..*"));
        assertThat(OpenApiCases.settings()).isEqualTo(configured);
    }

    /** Returns the settings in {@code event-producer.yml}, by their names below {@code heartline.producer}. */
    private static Map<String, String> configured() throws IOException {
        Map<String, String> configured = new TreeMap<>();
        for (PropertySource<?> file :
                new YamlPropertySourceLoader().load("settings", new ClassPathResource("event-producer.yml"))) {
            for (String name : ((EnumerablePropertySource<?>) file).getPropertyNames()) {
                if (name.startsWith(PREFIX)) {
                    configured.put(
                            name.substring(PREFIX.length()),
                            file.getProperty(name).toString());
                }
            }
        }
        return configured;
    }

    private static ProducerSettings bound(Map<String, String> settings) {
        Map<String, Object> named = new TreeMap<>();
        settings.forEach((name, value) -> named.put(PREFIX + name, value));
        Iterable<ConfigurationPropertySource> sources =
                ConfigurationPropertySources.from(new MapPropertySource("settings", named));
        return new Binder(sources).bindOrCreate("heartline.producer", ProducerSettings.class);
    }
}
