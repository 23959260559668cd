package io.heartline.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What push and polling cost a second, by what was measured: push a part for the open connection and one for each like,
 * polling a part for each request and one for each like.
 *
 * @param push x1 is a connection, x2 a like
 * @param kept x1 is a request over a connection that is there, x2 a like
 * @param fresh x1 is a request over a new connection, x2 a like
 */
record Prices(Line push, Line kept, Line fresh) {

    /** Seconds after which the gateway closes a connection that nothing is asked on ({@code heartline.web.request-timeout}). */
    static final int KEPT = 20;

    /** @return empty if that takes more than was measured */
    static Optional<Prices> of(List<Cost> costs, ToDoubleFunction<Cost> price) {
        try {
            Line push = Line.through(points(costs, price, way -> way.kind() == Way.Kind.WEBSOCKET));
            Line kept = Line.through(points(costs, price, way -> way.kind() == Way.Kind.POLL && way.every() < KEPT));
            // a like in an answer does not mind what connection it comes over
            Line fresh = Line.through(
                    points(costs, price, way -> way.kind() == Way.Kind.POLL && way.every() >= KEPT), kept.second());
            return Optional.of(new Prices(push, kept, fresh));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static List<Line.Point> points(List<Cost> costs, ToDoubleFunction<Cost> price, Predicate<Way> ways) {
        List<Line.Point> points = new ArrayList<>();
        costs.stream()
                .filter(cost -> ways.test(cost.way()))
                .collect(Collectors.groupingBy(Cost::way))
                .forEach((way, ofWay) -> ofWay.stream()
                        .collect(Collectors.groupingBy(
                                Cost::likes,
                                TreeMap::new,
                                Collectors.mapping(price::applyAsDouble, Collectors.toList())))
                        .forEach((likes, prices) -> points.add(new Line.Point(
                                way.every() == 0 ? 1 : 1.0 / way.every(),
                                likes,
                                Spread.of(prices).median()))));
        return points;
    }

    /** @param likes a second */
    double push(double likes) {
        return push.at(1, likes);
    }

    /** @param every seconds */
    double poll(double every, double likes) {
        return (every < KEPT ? kept : fresh).at(1 / every, likes);
    }

    /**
     * Seconds between two polls from which on they cost no more than push, however much longer; infinite if they always do. Below
     * 20 s, where the connection is kept, they may for a while.
     */
    double breakEven(double likes) {
        double later = even(fresh, likes);
        return later > KEPT ? later : Math.min(KEPT, even(kept, likes));
    }

    private double even(Line poll, double likes) {
        double left = push(likes) - poll.second() * likes;
        return left > 0 ? poll.first() / left : Double.POSITIVE_INFINITY;
    }

    /** By how much each way that was measured is off, as a part of what it was, at most. */
    Map<Way, Double> errors(List<Cost> costs, ToDoubleFunction<Cost> price) {
        Map<Way, Double> errors = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        for (Cost cost : costs) {
            boolean push = cost.way().kind() == Way.Kind.WEBSOCKET;
            if (push || cost.way().kind() == Way.Kind.POLL) {
                double found = price.applyAsDouble(cost);
                double reckoned = push ? push(cost.likes()) : poll(cost.way().every(), cost.likes());
                errors.merge(cost.way(), Math.abs(reckoned - found) / found, Math::max);
            }
        }
        return errors;
    }
}
