package io.heartline.bench;

import java.util.List;

/** A figure over the repetitions. */
record Spread(double least, double median, double most) {

    static Spread of(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(sorted.get(0), median, sorted.get(sorted.size() - 1));
    }

    @Override
    public String toString() {
        return Console.format("%.2f (%.2f to %.2f)", median, least, most);
    }
}
