package io.heartline.gateway.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
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

    @Test
    void removedPartition_leavesItsMemoryToOthers() {
        for (int i = 0; i < 90; i++) {
            quiet.like("alice");
        }
        budget.removed(quiet.partition);
        assertThat(budget.bytes()).isZero();

        for (int i = 0; i < 90; i++) {
            busy.like("carol");
        }

        assertThat(busy.partition.ringSpan().firstOffset()).isZero();
    }

    @Test
    void batchThatExceedsTheMaximum_isEvictedEntryByEntry() {
        busy.like("carol");
        List<FakeRecord> batch = IntStream.range(1, 300)
                .mapToObj(i -> new FakeRecord(
                        i,
                        0,
                        "carol".getBytes(StandardCharsets.UTF_8),
                        busy.records.get(0).value()))
                .toList();

        busy.partition.accept(batch, FakeRecord.READER, 300);

        Ring.Span ring = busy.partition.ringSpan();
        assertThat(ring.nextOffset() - ring.firstOffset()).isBetween(90L, 110L);
        assertThat(budget.bytes()).isBetween(98L * LIKE_BYTES, 100L * LIKE_BYTES);
    }
}
