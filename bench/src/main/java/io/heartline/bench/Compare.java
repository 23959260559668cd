package io.heartline.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How what {@code --json} has written compares with one of it, run by run. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "Divides columns of what --json has written by those of one row of the same run: the median of the"
                        + " runs, and the range.")
final class Compare implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "As --json has written it.")
    private Path file;

    @Option(names = "--table", required = true, description = "Of the file, by its name.")
    private String table;

    @Option(names = "--by", required = true, paramLabel = "COLUMN", description = "Names what is compared.")
    private String by;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "NAME",
            description = "The one that the others are divided by.")
    private String base;

    @Option(
            names = "--each",
            split = ",",
            paramLabel = "COLUMN",
            description = "Rows are compared only with those that agree in all of these.")
    private List<String> each = List.of();

    @Option(names = "--values", required = true, split = ",", paramLabel = "COLUMN", description = "What is divided.")
    private List<String> values;

    @Override
    public Integer call() throws IOException {
        List<Map<String, String>> rows = Table.read(file, table);
        Map<String, Map<String, String>> bases = rows.stream()
                .filter(row -> base.equals(row.get(by)))
                .collect(Collectors.toMap(row -> row.get("run") + group(row), row -> row, (a, b) -> b));
        if (bases.isEmpty()) {
            throw new CannotMeasureException(Console.format("%s has no row of %s in a table %s", file, base, table));
        }
        Map<String, List<Map<String, Double>>> ratios = new LinkedHashMap<>();
        for (Map<String, String> row : rows) {
            Map<String, String> other = bases.get(row.get("run") + group(row));
            if (other != null && other != row) {
                ratios.computeIfAbsent(label(row), name -> new ArrayList<>()).add(ratios(row, other));
            }
        }
        print(ratios);
        return 0;
    }

    private List<String> group(Map<String, String> row) {
        return each.stream()
                .map(column -> Objects.toString(row.get(column), "—"))
                .toList();
    }

    private String label(Map<String, String> row) {
        return group(row).stream().map(text -> text + " | ").collect(Collectors.joining()) + row.get(by);
    }

    /** Of those values that both have, and that are something. */
    private Map<String, Double> ratios(Map<String, String> row, Map<String, String> other) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (String value : values) {
            if (row.get(value) != null && other.get(value) != null && Double.parseDouble(other.get(value)) > 0) {
                ratios.put(value, Double.parseDouble(row.get(value)) / Double.parseDouble(other.get(value)));
            }
        }
        return ratios;
    }

    private void print(Map<String, List<Map<String, Double>>> ratios) {
        List<String> titles = new ArrayList<>(each);
        titles.add(by);
        titles.addAll(values);
        Console.print("%nDivided by %s's of the same run, median and range:%n", base);
        Console.print("| %s |", String.join(" | ", titles));
        Console.print("|%s", "---|".repeat(titles.size()));
        ratios.forEach((label, runs) -> Console.print(
                "| %s | %s |",
                label, values.stream().map(value -> spread(runs, value)).collect(Collectors.joining(" | "))));
    }

    private static String spread(List<Map<String, Double>> runs, String value) {
        List<Double> known = runs.stream()
                .map(run -> run.get(value))
                .filter(Objects::nonNull)
                .toList();
        return known.isEmpty() ? "—" : Spread.of(known).toString();
    }
}
