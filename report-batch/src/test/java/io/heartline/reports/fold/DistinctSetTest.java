package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DistinctSetTest {

    private static final int ORDER = -476_216_878;

    @Test
    void set_equalsAMapOfHashesToTheirEarliestDay() {
        Random random = new Random(1);
        DistinctSet set = new DistinctSet();
        Map<Long, Integer> expected = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            long hash = i % 3 == 0 ? random.nextLong() : random.nextLong(1000) << 40;
            int day = random.nextInt(7);
            long key = Math.max(1, hash >>> 3);
            assertThat(set.add(hash, day)).isEqualTo(expected.containsKey(key) ? 0 : 1);
            expected.merge(key, day, Math::min);
        }

        long[] byDay = new long[7];
        expected.values().forEach(day -> byDay[day]++);
        assertThat(set.count()).isEqualTo(expected.size());
        assertThat(set.byDay()).isEqualTo(byDay);
        assertThat(DistinctSet.of(set.toBytes()).toBytes()).isEqualTo(set.toBytes());
        assertThat(DistinctSet.of(set.toBytes()).count()).isEqualTo(set.count());
    }

    @Test
    void zeroAndAllOnes_areValidHashes() {
        DistinctSet set = new DistinctSet();

        assertThat(set.add(0, 6)).isEqualTo(1);
        assertThat(set.add(0, 3)).isZero();
        assertThat(set.add(-1, 2)).isEqualTo(1);
        assertThat(set.count()).isEqualTo(2);
        assertThat(set.byDay()).containsExactly(0L, 0L, 1L, 1L, 0L, 0L, 0L);
    }

    @Test
    void collidingHashes_doNotExceedMaxProbes() {
        long[] hashes = collidingHashes();
        DistinctSet set = setOf(hashes);

        assertThat(set.count()).isEqualTo(hashes.length);
        assertThat(set.longestProbe()).isLessThan(DistinctSet.MAX_PROBES);
        assertThat(DistinctSet.of(set.toBytes()).longestProbe()).isLessThan(DistinctSet.MAX_PROBES);
        for (long hash : hashes) {
            assertThat(set.add(hash, 6)).isZero();
        }
    }

    /** The saved bytes do not depend on the order in the table, so documents of earlier releases remain valid. */
    @Test
    void collidingHashes_areSavedInAscendingOrder_andLoaded() {
        long[] hashes = collidingHashes();
        DistinctSet set = setOf(hashes);
        long[] expected = LongStream.of(hashes)
                .map(DistinctSet::normalize)
                .map(hash -> hash ^ Long.MIN_VALUE)
                .sorted()
                .map(hash -> hash ^ Long.MIN_VALUE)
                .toArray();

        ByteBuffer bytes = ByteBuffer.allocate(expected.length * Long.BYTES);
        bytes.asLongBuffer().put(expected);
        assertThat(set.toBytes()).isEqualTo(bytes.array());
        assertThat(DistinctSet.of(bytes.array()).toBytes()).isEqualTo(bytes.array());
        assertThat(DistinctSet.of(bytes.array()).count()).isEqualTo(hashes.length);
    }

    @Test
    void collidingHashes_areVisitedInAFixedUnsortedOrder() {
        DistinctSet set = DistinctSet.of(setOf(collidingHashes()).toBytes());
        List<Long> visited = new ArrayList<>();

        set.forEach(visited::add);

        assertThat(visited).hasSize((int) set.count()).doesNotHaveDuplicates();
        assertThat(visited).isNotEqualTo(visited.stream().sorted().toList());
        assertThat(visited.hashCode()).isEqualTo(ORDER);
    }

    /** Returns 16 000 hashes, which an exact report can hold. Their equal first 14 bits select one slot of the table. */
    private static long[] collidingHashes() {
        Random random = new Random(7);
        return random.longs(16_000).map(hash -> 0x2AAAL << 50 | hash >>> 14).toArray();
    }

    private static DistinctSet setOf(long[] hashes) {
        DistinctSet set = new DistinctSet();
        for (long hash : hashes) {
            assertThat(set.add(hash, 0)).isEqualTo(1);
        }
        return set;
    }

    @Test
    void removedHashes_areGone_andTheOtherHashesStay() {
        Random random = new Random(1);
        for (int count : new int[] {1, 16, 1_000}) {
            DistinctSet set = new DistinctSet();
            DistinctSet expected = new DistinctSet();
            for (int i = 0; i < count; i++) {
                long hash = random.nextLong();
                set.add(hash, i % 7);
                if (DistinctSet.normalize(hash) % 3 != 0) {
                    expected.add(hash, i % 7);
                }
            }

            int removed = set.removeIf(hash -> hash % 3 == 0);

            assertThat(removed).isEqualTo(count - (int) expected.count());
            assertThat(set.toBytes()).isEqualTo(expected.toBytes());
            assertThat(set.byDay()).isEqualTo(expected.byDay());
            expected.forEach(hash -> assertThat(set.contains(hash)).isTrue());
            assertThat(set.contains(random.nextLong())).isFalse();
        }
    }
}
