package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

/** Compares the settings in the help of a service with its YAML file. */
public final class HelpDefaults {

    private static final Pattern SETTING = Pattern.compile("(?m)^  ([a-z][a-z-]+(?:\\.[a-z-]+)+) +(\"[^\"]+\"|\\S+)");

    private HelpDefaults() {}

    /**
     * Asserts that each setting of the help exists, and has the default that the help names. If the default is a list, the help
     * names its first entry.
     *
     * @param help the help of a service
     * @param service the name of the service
     */
    public static void assertMatch(String help, String service) {
        PropertySource<?> yaml = load(service + ".yml");
        List<MatchResult> settings = SETTING.matcher(help).results().toList();

        assertThat(settings).hasSizeGreaterThan(4).allSatisfy(setting -> {
            String key = setting.group(1);
            Object value = yaml.containsProperty(key) ? yaml.getProperty(key) : yaml.getProperty(key + "[0]");
            assertThat(value).as(key).isNotNull();
            String named = setting.group(2).replace("\"", "");
            assertThat(value.toString()).as(key).isEqualTo(named.equals("none") ? "" : named);
        });
    }

    private static PropertySource<?> load(String file) {
        try {
            return new YamlPropertySourceLoader()
                    .load(file, new ClassPathResource(file))
                    .get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
