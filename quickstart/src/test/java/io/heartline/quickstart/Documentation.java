package io.heartline.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The contents of pages in {@code docs}, for the tests that compare them with code. */
final class Documentation {

    static final Path ROOT = Path.of("..");

    private static final Pattern METRIC = Pattern.compile(
            "(?m)^\\| `(\\w+)(?:\\{([\\w,]+)})?` \\| (\\w+) \\| ([^|]+) \\| (sum|max|min|each) \\| [^|]+ \\|$");

    private static final Pattern NAME = Pattern.compile("\\b(heartline_\\w+)\\b");

    private Documentation() {}

    /** A row of {@code docs/metrics.md}. */
    record Metric(String name, List<String> labels, String type, String unit) {}

    static String read(String path) throws IOException {
        return Files.readString(ROOT.resolve(path));
    }

    /** @param service the heading of the service's section */
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

    /** Returns the documented names of metrics, with all suffixes that a query may use. */
    static Set<String> metrics() throws IOException {
        Set<String> names = new HashSet<>();
        for (String service : List.of("event-producer", "push-gateway", "report-batch")) {
            for (Metric metric : metricsOf(service)) {
                if (metric.type().equals("histogram")) {
                    Stream.of("_bucket", "_count", "_sum", "_max").forEach(part -> names.add(metric.name() + part));
                } else {
                    names.add(metric.name());
                }
            }
        }
        return names;
    }

    static List<String> metricsIn(String queries) {
        return find(NAME, queries);
    }

    /** Returns the first group of each match. */
    static List<String> find(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
