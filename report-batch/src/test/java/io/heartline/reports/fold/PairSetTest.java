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

class PairSetTest {

    private static final int ORDER = -476_216_878;

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

    @Test
    void chosenHashes_doNotMakeSearchesLong() {
        long[] hashes = chosen();
        PairSet set = setOf(hashes);

        assertThat(set.count()).isEqualTo(hashes.length);
        assertThat(set.longestSearch()).isLessThan(PairSet.MAX_PROBES);
        assertThat(PairSet.of(set.toBytes()).longestSearch()).isLessThan(PairSet.MAX_PROBES);
        for (long hash : hashes) {
            assertThat(set.add(hash, 6)).isZero();
        }
    }

    /** Documents that were written before searches were bounded have the same bytes. */
    @Test
    void chosenHashes_areSavedInAscendingOrder_andLoaded() {
        long[] hashes = chosen();
        PairSet set = setOf(hashes);
        long[] expected = LongStream.of(hashes)
                .map(PairSet::kept)
                .map(hash -> hash ^ Long.MIN_VALUE)
                .sorted()
                .map(hash -> hash ^ Long.MIN_VALUE)
                .toArray();

        ByteBuffer bytes = ByteBuffer.allocate(expected.length * Long.BYTES);
        bytes.asLongBuffer().put(expected);
        assertThat(set.toBytes()).isEqualTo(bytes.array());
        assertThat(PairSet.of(bytes.array()).toBytes()).isEqualTo(bytes.array());
        assertThat(PairSet.of(bytes.array()).count()).isEqualTo(hashes.length);
    }

    @Test
    void chosenHashes_areShownInAnOrderThatIsTheSameInEachProcess_andNotTheirOwn() {
        PairSet set = PairSet.of(setOf(chosen()).toBytes());
        List<Long> shown = new ArrayList<>();

        set.forEach(shown::add);

        assertThat(shown).hasSize((int) set.count()).doesNotHaveDuplicates();
        assertThat(shown).isNotEqualTo(shown.stream().sorted().toList());
        assertThat(shown.hashCode()).isEqualTo(ORDER);
    }

    /** As many as a report that is exact has, all with the same first 14 bits, which is one slot of the table. */
    private static long[] chosen() {
        Random random = new Random(7);
        return random.longs(16_000).map(hash -> 0x2AAAL << 50 | hash >>> 14).toArray();
    }

    private static PairSet setOf(long[] hashes) {
        PairSet set = new PairSet();
        for (long hash : hashes) {
            assertThat(set.add(hash, 0)).isEqualTo(1);
        }
        return set;
    }
}
