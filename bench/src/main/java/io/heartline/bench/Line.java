package io.heartline.bench;

import java.util.List;

/**
 * A price that has two parts, each proportional to something: {@code first * x1 + second * x2}.
 *
 * @param first of each x1
 * @param second of each x2
 */
record Line(double first, double second) {

    /** What was paid for so much of either. */
    record Point(double x1, double x2, double price) {}

    /** Of a price near zero, errors count as if it were so large a part of the largest. */
    private static final double FLOOR = 0.02;

    /**
     * The line from which the points are the least off, relative to what they are: the square of that, summed. Neither part is less
     * than nothing.
     *
     * @throws IllegalArgumentException if the points do not tell the two parts apart
     */
    static Line through(List<Point> points) {
        Sums sums = Sums.of(points);
        double determinant = sums.aa() * sums.bb() - sums.ab() * sums.ab();
        if (!(Math.abs(determinant) > 1e-12 * sums.aa() * sums.bb())) {
            throw new IllegalArgumentException("one part cannot be told from the other by " + points);
        }
        double second = (sums.by() * sums.aa() - sums.ay() * sums.ab()) / determinant;
        Line line = through(points, Math.max(0, second));
        return line.first() < 0 ? new Line(0, sums.by() / sums.bb()) : line;
    }

    /** The same where the second part is known. */
    static Line through(List<Point> points, double second) {
        Sums sums = Sums.of(points);
        if (!(sums.aa() > 0)) {
            throw new IllegalArgumentException("there is nothing to tell the first part by in " + points);
        }
        return new Line((sums.ay() - second * sums.ab()) / sums.aa(), second);
    }

    /** Of products: a is x1, b is x2, y is the price. */
    private record Sums(double aa, double ab, double bb, double ay, double by) {

        static Sums of(List<Point> points) {
            double floor = FLOOR
                    * points.stream()
                            .mapToDouble(point -> Math.abs(point.price()))
                            .max()
                            .orElse(0);
            double aa = 0;
            double ab = 0;
            double bb = 0;
            double ay = 0;
            double by = 0;
            for (Point point : points) {
                double weight = 1 / (point.price() * point.price() + floor * floor);
                aa += weight * point.x1() * point.x1();
                ab += weight * point.x1() * point.x2();
                bb += weight * point.x2() * point.x2();
                ay += weight * point.x1() * point.price();
                by += weight * point.x2() * point.price();
            }
            return new Sums(aa, ab, bb, ay, by);
        }
    }

    double at(double x1, double x2) {
        return first * x1 + second * x2;
    }
}
