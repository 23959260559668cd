package io.heartline.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Bars of what {@code --json} has written: the median of the runs, and the range as a whisker. */
@Command(
        name = "chart",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "Draws a column of what --json has written: a bar for the median of the runs, a whisker for the range.")
final class Chart implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "As --json has written it.")
    private Path file;

    @Option(names = "--table", required = true, description = "Of the file, by its name.")
    private String table;

    @Option(names = "--value", required = true, paramLabel = "COLUMN", description = "How long bars are.")
    private String value;

    @Option(
            names = "--by",
            required = true,
            split = ",",
            paramLabel = "COLUMN",
            description = "Rows that agree in all of these are runs of one bar.")
    private List<String> by;

    @Option(names = "--log", description = "Draw powers of ten.")
    private boolean logarithmic;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The PNG.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        Map<String, Spread> bars = bars(Table.read(file, table));
        if (bars.isEmpty()) {
            throw new CannotMeasureException(
                    Console.format("%s has no figures of %s in a table %s", file, value, table));
        }
        CategoryChart chart =
                new CategoryChartBuilder().width(900).height(420).title(value).build();
        chart.getStyler().setLegendVisible(false).setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisLogarithmic(logarithmic).setXAxisLabelRotation(bars.size() > 8 ? 30 : 0);
        chart.addSeries(
                value,
                List.copyOf(bars.keySet()),
                bars.values().stream().map(Spread::median).toList(),
                bars.values().stream()
                        .map(bar -> (bar.most() - bar.least()) / 2)
                        .toList());
        BitmapEncoder.saveBitmap(chart, out.toString(), BitmapFormat.PNG);
        return 0;
    }

    /** In the order they come in. */
    private Map<String, Spread> bars(List<Map<String, String>> rows) {
        Map<String, List<Double>> figures = new LinkedHashMap<>();
        for (Map<String, String> row : rows) {
            if (row.get(value) != null) {
                String label =
                        by.stream().map(row::get).filter(Objects::nonNull).collect(Collectors.joining(", "));
                figures.computeIfAbsent(label, bar -> new ArrayList<>()).add(Double.valueOf(row.get(value)));
            }
        }
        return figures.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, bar -> Spread.of(bar.getValue()), (a, b) -> a, LinkedHashMap::new));
    }
}
