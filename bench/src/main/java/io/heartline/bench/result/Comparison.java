package io.heartline.bench.result;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;

/** Compares one figure of the targets within each repetition, because the machine's speed varies between repetitions. */
public final class Comparison<T extends Enum<T>> {

    private final Map<T, List<Double>> figures;

    /** The median of a figure over the repetitions, and its range. */
    public record MedianRange(double least, double median, double most) {

        static MedianRange of(List<Double> figures) {
            List<Double> sorted = figures.stream().sorted().toList();
            int middle = sorted.size() / 2;
            double median =
                    sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
            return new MedianRange(sorted.get(0), median, sorted.get(sorted.size() - 1));
        }

        @Override
        public String toString() {
            return Console.format("%.2f (%.2f to %.2f)", median, least, most);
        }
    }

    public Comparison(Class<T> targets) {
        figures = new EnumMap<>(targets);
    }

    /** Adds the figure of the target's next repetition. */
    public void add(T target, double figure) {
        figures.computeIfAbsent(target, name -> new ArrayList<>()).add(figure);
    }

    public boolean has(T target) {
        return figures.containsKey(target);
    }

    public MedianRange ratio(T target, T base) {
        return pairwise(target, base, (own, other) -> own / other);
    }

    public MedianRange difference(T target, T base) {
        return pairwise(target, base, (own, other) -> own - other);
    }

    private MedianRange pairwise(T target, T base, DoubleBinaryOperator compare) {
        List<Double> compared = new ArrayList<>();
        for (int i = 0; i < figures.get(target).size(); i++) {
            compared.add(compare.applyAsDouble(
                    figures.get(target).get(i), figures.get(base).get(i)));
        }
        return MedianRange.of(compared);
    }

    /** Prints a line for each pair of targets: the figure of the first divided by that of the second. */
    public void printAllRatios(String what) {
        List<T> measured = List.copyOf(figures.keySet());
        if (measured.size() < 2) {
            return;
        }
        Console.print(
                "%n%s, median of %d and range:",
                what, figures.get(measured.get(0)).size());
        for (int i = 0; i < measured.size(); i++) {
            for (T base : measured.subList(i + 1, measured.size())) {
                Console.print("- %s / %s: %s", measured.get(i), base, ratio(measured.get(i), base));
            }
        }
    }

    /** Prints a line for each target except the base; nothing if the base was not measured. */
    public void printRatios(String what, T base) {
        if (!figures.containsKey(base) || figures.size() == 1) {
            return;
        }
        Console.print("%n%s, median of %d and range:", what, figures.get(base).size());
        figures.keySet().stream()
                .filter(target -> target != base)
                .forEach(target -> Console.print("- %s / %s: %s", target, base, ratio(target, base)));
    }
}
