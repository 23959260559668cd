package io.heartline.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;

/** One figure of every target, and how the targets compare in it: repetition by repetition, since the machine's mood changes. */
final class Comparison<T extends Enum<T>> {

    private final Map<T, List<Double>> figures;

    Comparison(Class<T> targets) {
        figures = new EnumMap<>(targets);
    }

    /** The target's next repetition. */
    void add(T target, double figure) {
        figures.computeIfAbsent(target, name -> new ArrayList<>()).add(figure);
    }

    boolean has(T target) {
        return figures.containsKey(target);
    }

    Spread ratio(T target, T base) {
        return pairwise(target, base, (own, other) -> own / other);
    }

    Spread difference(T target, T base) {
        return pairwise(target, base, (own, other) -> own - other);
    }

    private Spread pairwise(T target, T base, DoubleBinaryOperator compare) {
        List<Double> compared = new ArrayList<>();
        for (int i = 0; i < figures.get(target).size(); i++) {
            compared.add(compare.applyAsDouble(
                    figures.get(target).get(i), figures.get(base).get(i)));
        }
        return Spread.of(compared);
    }

    /** A line for each pair of those that were measured: the one named first, by the one named last. */
    void printAllRatios(String what) {
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

    /** A line for each of the others; nothing if the base was not measured. */
    void printRatios(String what, T base) {
        if (!figures.containsKey(base) || figures.size() == 1) {
            return;
        }
        Console.print("%n%s, median of %d and range:", what, figures.get(base).size());
        figures.keySet().stream()
                .filter(target -> target != base)
                .forEach(target -> Console.print("- %s / %s: %s", target, base, ratio(target, base)));
    }
}
