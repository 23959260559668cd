package io.heartline.bench;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** For a freshness that is needed and a rate of likes: which is cheaper, push or polling, and where neither is. */
final class BreakEven {

    private static final int HOUR = 3600;
    private static final int[] FRESH = {1, 5, 15, 60, 300, 3600};
    private static final int[] LIKES = {1, 10, 100, 1000, 3600, 10_000};

    private final List<Cost> costs;
    private final Prices cpu;
    private final Prices bytes;

    private BreakEven(List<Cost> costs, Prices cpu, Prices bytes) {
        this.costs = costs;
        this.cpu = cpu;
        this.bytes = bytes;
    }

    /** @return empty unless WebSockets, polls of less and of more than 20 s, and two rates were measured */
    static Optional<BreakEven> of(List<Cost> costs) {
        return Prices.of(costs, Cost::cpu)
                .flatMap(cpu -> Prices.of(costs, Cost::bytes).map(bytes -> new BreakEven(costs, cpu, bytes)));
    }

    void print() {
        Console.print("%nWhat that comes to, the median of the runs fitted with two parts for each:%n");
        Console.print("| | CPU µs | bytes |");
        Console.print("|---|---|---|");
        Console.print(
                "| a WebSocket that is open, a second | %,.2f | %,.1f |",
                cpu.push().first() * 1e6, bytes.push().first());
        Console.print(
                "| a like over it | %,.1f | %,.0f |",
                cpu.push().second() * 1e6, bytes.push().second());
        Console.print(
                "| a poll over a connection that is there | %,.0f | %,.0f |",
                cpu.kept().first() * 1e6, bytes.kept().first());
        Console.print(
                "| a poll over a new one | %,.0f | %,.0f |",
                cpu.fresh().first() * 1e6, bytes.fresh().first());
        Console.print(
                "| a like in a poll's answer | %,.1f | %,.0f |",
                cpu.kept().second() * 1e6, bytes.kept().second());
        Console.print("%nHow far that is off what was measured, at most: CPU %s.", off());
        Console.print("%nHow many times as much CPU polling takes as push, by likes of a client and hour:%n");
        Console.print(
                "| polled every | %s |",
                IntStream.of(LIKES)
                        .mapToObj(likes -> Console.format("%,d", likes))
                        .collect(Collectors.joining(" | ")));
        Console.print("|---|%s", "---|".repeat(LIKES.length));
        for (int every : FRESH) {
            StringBuilder row = new StringBuilder();
            for (int likes : LIKES) {
                double rate = (double) likes / HOUR;
                row.append(Console.format(" %.2f |", cpu.poll(every, rate) / cpu.push(rate)));
            }
            Console.print("| %,d s |%s", every, row);
        }
        Console.print("%nPolling takes less CPU than push if it may come no oftener than every");
        for (int likes : LIKES) {
            Console.print(
                    "- %s, at %,d likes of a client and hour", seconds(cpu.breakEven((double) likes / HOUR)), likes);
        }
    }

    private String off() {
        return cpu.errors(costs, Cost::cpu).entrySet().stream()
                .map(error -> Console.format("%s %.0f %%", error.getKey(), 100 * error.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String seconds(double seconds) {
        return Double.isInfinite(seconds) ? "never" : Console.format(seconds < 10 ? "%.1f s" : "%,.0f s", seconds);
    }

    /** Both axes logarithmic: likes of a client and hour, and seconds between two polls. */
    void draw(Path file) {
        XYChart chart = new XYChartBuilder()
                .width(900)
                .height(560)
                .title("Below a line push takes less, above it polling does")
                .xAxisTitle("likes of a client and hour")
                .yAxisTitle("polled every … seconds")
                .build();
        chart.getStyler()
                .setXAxisLogarithmic(true)
                .setYAxisLogarithmic(true)
                .setYAxisMin(1.0)
                .setYAxisMax(10_000.0)
                .setChartBackgroundColor(Color.WHITE);
        add(chart, "the server's CPU", cpu);
        add(chart, "bytes", bytes);
        try {
            BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static void add(XYChart chart, String name, Prices prices) {
        double[] likes = DoubleStream.iterate(1, rate -> rate <= 10_000, rate -> rate * 1.1)
                .filter(rate -> Double.isFinite(prices.breakEven(rate / HOUR)))
                .toArray();
        if (likes.length > 0) {
            double[] even = DoubleStream.of(likes)
                    .map(rate -> Math.min(10_000, prices.breakEven(rate / HOUR)))
                    .toArray();
            chart.addSeries(name, likes, even).setMarker(SeriesMarkers.NONE);
        }
    }
}
