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
     * The line from which the points are the least off, relative to what they are: the square of that, summed.
     *
     * @throws IllegalArgumentException if the points do not tell the two parts apart
     */
    static Line through(List<Point> points) {
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
        double determinant = aa * bb - ab * ab;
        if (!(Math.abs(determinant) > 1e-12 * aa * bb)) {
            throw new IllegalArgumentException("one part cannot be told from the other by " + points);
        }
        return new Line((ay * bb - by * ab) / determinant, (by * aa - ay * ab) / determinant);
    }

    double at(double x1, double x2) {
        return first * x1 + second * x2;
    }
}
