package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PricesTest {

    private static final double IDLE = 2e-6;
    private static final double FRAME = 12e-6;
    private static final double REQUEST = 100e-6;
    private static final double CONNECT = 300e-6;
    private static final double LIKE = 4e-6;

    /** What ways would cost whose prices are these. */
    private static List<Cost> costs(double... rates) {
        List<Cost> costs = new ArrayList<>();
        for (double rate : rates) {
            costs.add(cost("websocket", rate, IDLE + FRAME * rate));
            for (int every : new int[] {1, 5, 15}) {
                costs.add(cost("poll-" + every, rate, REQUEST / every + LIKE * rate));
            }
            costs.add(cost("poll-60", rate, CONNECT / 60 + LIKE * rate));
            costs.add(cost("sse", rate, 1));
        }
        return costs;
    }

    private static Cost cost(String way, double rate, double cpu) {
        return new Cost(Way.of(way), rate, cpu, 0);
    }

    @Test
    void thePartsOfAPrice_areFoundAgain() {
        Prices prices = Prices.of(costs(0, 0.1, 1), Cost::cpu).orElseThrow();

        assertThat(prices.push().first()).isCloseTo(IDLE, within(1e-9));
        assertThat(prices.push().second()).isCloseTo(FRAME, within(1e-9));
        assertThat(prices.kept().first()).isCloseTo(REQUEST, within(1e-9));
        assertThat(prices.fresh().first()).isCloseTo(CONNECT, within(1e-9));
        assertThat(prices.kept().second()).isCloseTo(LIKE, within(1e-9));
        assertThat(prices.errors(costs(0, 0.1, 1), Cost::cpu).values())
                .allSatisfy(error -> assertThat(error).isLessThan(1e-6));
    }

    @Test
    void ofSeveralRuns_theMedianCounts() {
        List<Cost> costs = costs(0, 1);
        costs.addAll(costs(0, 1));
        costs.add(cost("websocket", 1, 1));

        assertThat(Prices.of(costs, Cost::cpu).orElseThrow().push().second()).isCloseTo(FRAME, within(1e-9));
    }

    @Test
    void fromTheBreakEvenOn_pollingCostsNoMoreThanPush() {
        Prices prices = Prices.of(costs(0, 0.1, 1), Cost::cpu).orElseThrow();

        // 300 / (2 + 8 r) seconds, or 100 / (2 + 8 r) if that is so often that the connection is kept
        assertThat(prices.breakEven(0)).isCloseTo(150, within(1e-6));
        assertThat(prices.breakEven(1)).isCloseTo(30, within(1e-6));
        assertThat(prices.breakEven(10)).isCloseTo(100 / 82.0, within(1e-6));
        for (double likes : new double[] {0, 0.01, 0.5, 1, 10}) {
            double even = prices.breakEven(likes);
            assertThat(prices.poll(even * 0.99, likes)).isGreaterThan(prices.push(likes));
            for (double longer = 1.01; longer < 10; longer *= 1.1) {
                assertThat(prices.poll(even * longer, likes)).isLessThan(prices.push(likes));
            }
        }
    }

    @Test
    void wherePushIsCheaperByTheLike_thereIsNone() {
        Prices prices = new Prices(new Line(0, 1), new Line(5, 2), new Line(5, 2));

        assertThat(prices.breakEven(1)).isInfinite();
    }

    @Test
    void atOneRate_orWithoutAnyPolls_thereIsNothingToTellPartsBy() {
        assertThat(Prices.of(costs(1), Cost::cpu)).isEmpty();
        assertThat(Prices.of(List.of(cost("websocket", 0, 1), cost("websocket", 1, 2)), Cost::cpu))
                .isEmpty();
        assertThatThrownBy(() -> Line.through(List.of(new Line.Point(1, 2, 3), new Line.Point(2, 4, 6))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noPart_isLessThanNothing() {
        // idle it was measured to cost more than with a few likes
        Line noisy = Line.through(List.of(new Line.Point(1, 0, 10), new Line.Point(1, 1, 9), new Line.Point(1, 2, 8)));
        assertThat(noisy.second()).isZero();
        assertThat(noisy.first()).isBetween(8.0, 10.0);

        Line free = Line.through(List.of(new Line.Point(1, 1, 1), new Line.Point(1, 2, 4)));
        assertThat(free.first()).isZero();
        assertThat(free.second()).isBetween(1.0, 2.0);
    }
}
