package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairSetTest {

    @Test
    void holdsWhatAMapWouldHold_withTheEarliestDay() {
        Random random = new Random(1);
        PairSet set = new PairSet();
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
        assertThat(PairSet.of(set.toBytes()).toBytes()).isEqualTo(set.toBytes());
        assertThat(PairSet.of(set.toBytes()).count()).isEqualTo(set.count());
    }

    @Test
    void hashesOfZeroAndAllOnes_areOrdinaryMembers() {
        PairSet set = new PairSet();

        assertThat(set.add(0, 6)).isEqualTo(1);
        assertThat(set.add(0, 3)).isZero();
        assertThat(set.add(-1, 2)).isEqualTo(1);
        assertThat(set.count()).isEqualTo(2);
        assertThat(set.byDay()).containsExactly(0L, 0L, 1L, 1L, 0L, 0L, 0L);
    }
}
