package io.heartline.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;

/** The files of the repository, as text and as YAML. */
final class Repository {

    static final Path ROOT = Path.of("..");
    static final List<String> SERVICES = List.of("event-producer", "push-gateway", "report-batch");

    private Repository() {}

    /** @param path relative to the root of the repository */
    static String read(String path) throws IOException {
        return Files.readString(ROOT.resolve(path));
    }

    /** Returns the first group of each match. */
    static List<String> find(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }

    /** Returns the documents of a YAML file that are not empty. */
    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> documents(String yaml) {
        return StreamSupport.stream(new Yaml().loadAll(yaml).spliterator(), false)
                .filter(Objects::nonNull)
                .map(document -> (Map<String, Object>) document)
                .toList();
    }
}
