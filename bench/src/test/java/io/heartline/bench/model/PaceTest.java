package io.heartline.bench.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void rateThatDoesNotDivideASecond_doesNotDrift() {
        Pace pace = new Pace(7, 3);

        assertThat(pace.due(0)).isEqualTo(7);
        assertThat(pace.due(1)).isEqualTo(7 + 333_333_333);
        assertThat(pace.due(3_000_000)).isEqualTo(7 + 1_000_000 * SECOND);
    }

    @Test
    void hourAtAMillionPerSecond_doesNotOverflow() {
        Pace pace = new Pace(0, 1_000_000);

        assertThat(pace.due(3_600_000_000L)).isEqualTo(3600 * SECOND);
        assertThat(pace.dueBy(3600 * SECOND)).isEqualTo(3_600_000_001L);
    }

    @Test
    void dueBy_countsLikesDueUntilThen() {
        Pace pace = new Pace(5, 10);

        assertThat(pace.dueBy(4)).isZero();
        for (long number = 0; number < 25; number++) {
            assertThat(pace.dueBy(pace.due(number))).isEqualTo(number + 1);
            assertThat(pace.dueBy(pace.due(number) - 1)).isEqualTo(number);
        }
    }

    @Test
    void await_returnsAtTheDueTime() {
        Pace pace = Pace.fromNow(1000);

        for (long number = 0; number < 5; number++) {
            assertThat(pace.await(number)).isEqualTo(pace.due(number)).isLessThanOrEqualTo(System.nanoTime());
        }
    }
}
