package io.heartline.gateway.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RingBudgetTest {

    private static final int LIKE_BYTES = 420; // approximately

    private final RingBudget budget = new RingBudget(100 * LIKE_BYTES);
    private final FakePartitionLog busy = new FakePartitionLog(budget, 8);
    private final FakePartitionLog quiet = new FakePartitionLog(budget, 8);

    @Test
    void busyPartition_usesMemoryOfQuietOne() {
        quiet.like("alice");
        for (int i = 0; i < 1_000; i++) {
            busy.like("carol");
        }

        Ring.Span ring = busy.partition.ringSpan();
        assertThat(ring.nextOffset() - ring.firstOffset()).isBetween(90L, 110L);
        assertThat(budget.bytes()).isLessThanOrEqualTo(100 * LIKE_BYTES);
    }

    @Test
    void oldestEntryOfAllPartitions_isEvictedFirst() {
        quiet.like("alice");
        for (int i = 0; i < 50; i++) {
            busy.like("carol");
        }
        assertThat(quiet.partition.ringSpan().firstOffset()).isZero();
        for (int i = 0; i < 100; i++) {
            busy.like("carol");
        }

        assertThat(quiet.partition.ringSpan().firstOffset()).isEqualTo(1);
        assertThat(busy.partition.ringSpan().firstOffset()).isGreaterThan(30);
    }
}
