package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RingBudgetTest {

    private static final int LIKE_BYTES = 420; // about

    private final RingBudget budget = new RingBudget(100 * LIKE_BYTES);
    private final FakeLog busy = new FakeLog(budget, 8);
    private final FakeLog quiet = new FakeLog(budget, 8);

    @Test
    void aBusyPartition_takesTheMemoryThatAQuietOneDoesNotNeed() {
        quiet.like("alice");
        for (int i = 0; i < 1_000; i++) {
            busy.like("carol");
        }

        Partition.Span ring = busy.partition.span();
        assertThat(ring.next() - ring.first()).isBetween(90L, 110L);
        assertThat(budget.bytes()).isLessThanOrEqualTo(100 * LIKE_BYTES);
    }

    @Test
    void theOldestEntry_isEvictedFirst_inWhicheverPartitionItIs() {
        quiet.like("alice");
        for (int i = 0; i < 50; i++) {
            busy.like("carol");
        }
        assertThat(quiet.partition.span().first()).isZero();
        for (int i = 0; i < 100; i++) {
            busy.like("carol");
        }

        assertThat(quiet.partition.span().first()).isEqualTo(1);
        assertThat(busy.partition.span().first()).isGreaterThan(30);
    }
}
