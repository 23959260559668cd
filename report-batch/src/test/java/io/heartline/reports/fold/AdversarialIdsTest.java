package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Liked;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;

/** Attacks with ids by a caller that knows the hash function and its code, but not the secret of the deployment. */
class AdversarialIdsTest {

    /** The key with which the attacker computes hashes. */
    private static final KeyedHash KNOWN = new KeyedHash("the attacker's key".getBytes(StandardCharsets.US_ASCII));

    private static final KeyedHash SECRET = LikeFixtures.HASH;
    private static final String POST = "p-1";
    private static final int REGISTERS = 1 << 16;
    private static final int CANDIDATES = 1 << 22;
    private static final int EXACT = WeeklyReport.EXACT_PAIRS;

    /** For each register of a sketch, the candidate whose hash raises the register most. */
    private static final int[] CHOSEN = chosen();

    private static int[] chosen() {
        int[] best = new int[REGISTERS];
        int[] zeros = new int[REGISTERS];
        Arrays.fill(zeros, -1);
        for (int i = 0; i < CANDIDATES; i++) {
            long hash = hash(KNOWN, i);
            int register = (int) (hash >>> 48);
            int leading = Long.numberOfLeadingZeros(hash << 16 | 0xFFFF);
            if (leading > zeros[register]) {
                zeros[register] = leading;
                best[register] = i;
            }
        }
        return best;
    }

    private static long hash(KeyedHash key, int liker) {
        return DistinctSet.normalize(key.hashPair(POST, key.hashLiker("u" + liker)));
    }

    @Test
    void idsChosenUnderAKnownKey_doNotInflateTheSketch() {
        DistinctSketch known = sketched(KNOWN);
        DistinctSketch secret = sketched(SECRET);

        assertThat(known.count())
                .as("control: the attack succeeds under the known key")
                .isGreaterThan(2 * REGISTERS);
        assertThat((double) secret.count())
                .isBetween(REGISTERS - secret.absoluteError(), REGISTERS + secret.absoluteError());
    }

    private static DistinctSketch sketched(KeyedHash key) {
        DistinctSet exact = new DistinctSet();
        for (int i = 0; i < EXACT; i++) {
            exact.add(hash(key, CHOSEN[i]), 0);
        }
        DistinctSketch sketch = DistinctSketch.of(exact);
        for (int i = EXACT; i < REGISTERS; i++) {
            sketch.add(hash(key, CHOSEN[i]), 0);
        }
        return sketch;
    }

    /**
     * Under the known key, the hashes of these ids start with the same bits, so all of them would share one slot of the
     * table.
     */
    @Test
    void idsThatCollideUnderAKnownKey_doNotCollideUnderTheSecret() {
        DistinctSet known = new DistinctSet();
        DistinctSet secret = new DistinctSet();
        for (int i = 0; i < CANDIDATES; i++) {
            if (hash(KNOWN, i) >>> 54 == 0) {
                known.add(hash(KNOWN, i), 0);
                secret.add(hash(SECRET, i), 0);
            }
        }

        assertThat(secret.count()).isGreaterThan(3_000).isEqualTo(known.count());
        assertThat(secret.longestProbe()).isLessThan(DistinctSet.MAX_PROBES / 2);
        assertThat(known.longestProbe())
                .as("the longest probe under the known key is bounded, too")
                .isLessThan(DistinctSet.MAX_PROBES);
    }

    @Test
    void reportCopy_withoutTheSecret_identifiesNoLiker() {
        int people = 2_000_000;
        Random random = new Random(7);
        Set<Integer> likers = new HashSet<>();
        WeeklyReport report = new WeeklyReport(new ReportKey(YearWeek.of(2026, 47), "alice"), "epoch", 0);
        while (likers.size() < 16_000) {
            int liker = random.nextInt(people);
            if (likers.add(liker)) {
                Liked like = new Liked("e", POST, "alice", Integer.toString(liker), LikeFixtures.MONDAY);
                report.fold(SECRET, like, 0, likers.size());
            }
        }
        byte[] copied = report.likers.toBytes();

        assertThat(identified(copied, KNOWN, people)).isEmpty();
        assertThat(identified(copied, SECRET, people))
                .as("control: likers that are identified with the secret")
                .isEqualTo(new TreeSet<>(likers));
    }

    private static Set<Integer> identified(byte[] copied, KeyedHash key, int people) {
        Set<Long> hashes = new HashSet<>();
        for (LongBuffer entries = ByteBuffer.wrap(copied).asLongBuffer(); entries.hasRemaining(); ) {
            hashes.add(entries.get() >>> 3);
        }
        Set<Integer> found = new TreeSet<>();
        for (int i = 0; i < people; i++) {
            if (hashes.contains(DistinctSet.normalize(key.hashLiker(Integer.toString(i))) >>> 3)) {
                found.add(i);
            }
        }
        return found;
    }

    /** A caller that has the secret first sends ids with rare hashes, and then only ids that change the sketch. */
    @Test
    void idsChosenWithTheSecret_countAtMostOnceEach() {
        WeeklyReport report = new WeeklyReport(new ReportKey(YearWeek.of(2026, 47), "alice"), "epoch", 0);
        for (int liker : CHOSEN) {
            like(report, liker);
        }
        DistinctSketch uncut = sketched(KNOWN);
        for (int i = CANDIDATES; report.likedEvents < REGISTERS + 5_000; i++) {
            if (uncut.add(hash(KNOWN, i), 0) > 0) {
                like(report, i);
            }
        }
        assertThat(uncut.count())
                .as("control: the count without the limit to liked events")
                .isGreaterThan(2 * report.likedEvents);
        assertThat(report.figures().precision().exact()).isFalse();
        assertThat(report.figures().likes()).isEqualTo(report.likedEvents);

        for (int i = 0; i < 1_000; i++) {
            like(report, CHOSEN[i]);
        }

        assertThat(report.figures().likes()).isEqualTo(report.likedEvents - 1_000);
    }

    private static void like(WeeklyReport report, int liker) {
        Liked like = new Liked("e", POST, "alice", "u" + liker, LikeFixtures.MONDAY);
        report.fold(KNOWN, like, 0, report.next());
        long likes = report.likedPairs.count();
        assertThat(likes).isLessThanOrEqualTo(report.likedEvents);
        assertThat(report.posts.sortedById()).singleElement().satisfies(post -> assertThat(post.likes)
                .isEqualTo(likes));
    }
}
