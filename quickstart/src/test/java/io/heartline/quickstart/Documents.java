package io.heartline.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** What the documents say, as tests need it. */
final class Documents {

    static final Path ROOT = Path.of("..");

    private static final Pattern METRIC = Pattern.compile(
            "(?m)^\\| `(\\w+)(?:\\{([\\w,]+)})?` \\| (\\w+) \\| ([^|]+) \\| (sum|max|min|each) \\| [^|]+ \\|$");

    private Documents() {}

    /** A row of {@code docs/metrics.md}. */
    record Metric(String name, List<String> labels, String type, String unit) {}

    static String read(String path) throws IOException {
        return Files.readString(ROOT.resolve(path));
    }

    /** @param service as the section is called */
    static List<Metric> metricsOf(String service) throws IOException {
        String section =
                read("docs/metrics.md").split("(?m)^## " + service + "$")[1].split("(?m)^## ")[0];
        return METRIC.matcher(section)
                .results()
                .map(row -> new Metric(
                        row.group(1),
                        row.group(2) == null
                                ? List.of()
                                : Arrays.stream(row.group(2).split(","))
                                        .sorted()
                                        .toList(),
                        row.group(3),
                        row.group(4)))
                .toList();
    }
}
