package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.reports.fold.Figures.Precision;
import io.heartline.reports.fold.LikersUnion.DistinctLikers;
import io.heartline.reports.fold.ReportStore.StoredReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

class LikersUnionTest {

    private static final String CHECK = "check";
    private static final YearWeek WEEK = YearWeek.of(2026, 1);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void weeksWithSets_areUnitedExactly_asANaiveSetIs(long seed) {
        Random random = new Random(seed);
        Set<String> naive = new HashSet<>();
        LikersUnion union = new LikersUnion(LikeFixtures.HASH.checkValue());
        for (int i = 0; i < 20; i++) {
            WeeklyReport report = new WeeklyReport(new ReportKey(WEEK.plusWeeks(i), "alice"), "e", 0);
            for (int offset = 0; offset < 300; offset++) {
                String liker = "l-" + random.nextInt(1_000);
                if (random.nextInt(5) == 0) {
                    report.fold(
                            LikeFixtures.HASH, new Unliked("e", "p", "alice", liker, LikeFixtures.MONDAY), 0, offset);
                } else {
                    report.fold(LikeFixtures.HASH, new Liked("e", "p", "alice", liker, LikeFixtures.MONDAY), 0, offset);
                    naive.add(liker);
                }
            }
            union.add(new StoredReport(report.figures(), StoredLikers.of(report)));
        }

        assertThat(union.count()).isEqualTo(new DistinctLikers(naive.size(), 0));
    }

    @Test
    void unionWithoutWeeks_isEmpty() {
        assertThat(new LikersUnion(CHECK).count()).isEqualTo(new DistinctLikers(0, 0));
    }

    @Test
    void unionIsExact_upToItsLimit_andStatesAnErrorBeyond() {
        int week = WeeklyReport.EXACT_PAIRS;
        LikersUnion union = new LikersUnion(CHECK);
        for (int i = 0; i < 4; i++) {
            union.add(week(1, i * week, (i + 1) * week));
        }

        assertThat(union.count()).isEqualTo(new DistinctLikers(LikersUnion.EXACT_LIKERS, 0));

        union.add(week(1, 0, 1_000));
        assertThat(union.count())
                .as("likers who are counted already")
                .isEqualTo(new DistinctLikers(LikersUnion.EXACT_LIKERS, 0));

        union.add(week(1, LikersUnion.EXACT_LIKERS, LikersUnion.EXACT_LIKERS + 1));
        assertThat(union.count().likers()).isEqualTo(LikersUnion.EXACT_LIKERS + 1);
        union.add(week(1, LikersUnion.EXACT_LIKERS, LikersUnion.EXACT_LIKERS + 5_000));
        DistinctLikers beyond = union.count();
        assertThat(beyond.error()).isPositive().isLessThan(1_000);
        assertThat((double) beyond.likers()).isCloseTo(LikersUnion.EXACT_LIKERS + 5_000, within(beyond.error()));
    }

    @Test
    void onlyWeekWithASketch_hasTheLikersAndTheErrorOfItsReport() {
        StoredReport sketched = week(1, 0, 100_000);
        LikersUnion union = new LikersUnion(CHECK);
        union.add(sketched);

        assertThat(union.count().likers()).isEqualTo(sketched.figures().likers());
        assertThat(union.count().error())
                .isEqualTo(sketched.figures().precision().relativeError()
                        * sketched.figures().likers());

        union.add(week(1, 0, 10_000));
        assertThat(union.count().likers())
                .as("likers whom the sketch contains add nothing")
                .isEqualTo(sketched.figures().likers());
    }

    /** The weeks of a range: the numbers of the first and the last liker of each. */
    private static final List<int[][]> RANGES = List.of(
            new int[][] {{0, 30_000}, {25_000, 40_000}, {39_000, 50_000}},
            new int[][] {{0, 30_000}, {20_000, 60_000}},
            new int[][] {{0, 30_000}, {20_000, 60_000}, {55_000, 70_000}, {0, 5_000}},
            new int[][] {
                {0, 16_000}, {16_000, 32_000}, {32_000, 48_000}, {48_000, 64_000}, {60_000, 76_000}, {70_000, 86_000}
            },
            new int[][] {
                {0, 16_000}, {16_000, 32_000}, {32_000, 48_000}, {48_000, 64_000}, {60_000, 76_000}, {70_000, 110_000}
            });

    @ParameterizedTest
    @FieldSource("RANGES")
    void estimatedUnion_isWithinTheStatedError_withoutBias(int[][] weeks) {
        int ranges = 40;
        int actual = Arrays.stream(weeks).mapToInt(week -> week[1]).max().orElseThrow();
        double sum = 0;
        double squares = 0;
        for (int seed = 0; seed < ranges; seed++) {
            LikersUnion union = new LikersUnion(CHECK);
            for (int[] week : weeks) {
                union.add(week(seed, week[0], week[1]));
            }
            DistinctLikers estimate = union.count();
            double standardErrors = 3 * (estimate.likers() - actual) / estimate.error();
            sum += standardErrors;
            squares += standardErrors * standardErrors;
            assertThat(estimate.error()).isLessThan(0.015 * actual);
            assertThat(Math.abs(standardErrors)).isLessThan(5);
        }

        assertThat(sum / ranges).as("mean, in standard errors").isBetween(-0.6, 0.6);
        assertThat(Math.sqrt(squares / ranges))
                .as("root mean square, in standard errors")
                .isBetween(0.3, 1.35);
    }

    @Test
    void order_changesAnExactUnionNot_andAnEstimateWithinItsErrorOnly() {
        List<StoredReport> weeks = new ArrayList<>(
                List.of(week(1, 0, 16_000), week(1, 10_000, 40_000), week(1, 30_000, 70_000), week(1, 0, 5_000)));
        LikersUnion forward = new LikersUnion(CHECK);
        weeks.forEach(forward::add);
        Collections.reverse(weeks);
        LikersUnion backward = new LikersUnion(CHECK);
        weeks.forEach(backward::add);

        assertThat(backward.count()).isEqualTo(forward.count());
        assertThat(backward.count()).as("a repeated call").isEqualTo(forward.count());
    }

    @Test
    void weeksUnderAnotherSecret_areNotCovered() {
        LikersUnion union = new LikersUnion("new");
        union.add(week(1, 0, 100, "new", false));
        union.add(week(1, 100, 300, "old", false));
        union.add(week(1, 100, 300, null, false));
        union.add(week(1, 50, 300, "new", true));
        union.add(week(1, 0, 50_000, "old", false));

        assertThat(union.count()).isEqualTo(new DistinctLikers(100, 0));

        union.add(week(1, 50, 150, "new", false));
        assertThat(union.count()).isEqualTo(new DistinctLikers(150, 0));
    }

    @Test
    void unionIsNeitherLessThanAWeek_norMoreThanTheSum() {
        for (int seed = 0; seed < 20; seed++) {
            LikersUnion same = new LikersUnion(CHECK);
            StoredReport week = week(seed, 0, 40_000);
            same.add(week);
            same.add(week);
            assertThat(same.count().likers())
                    .isBetween(week.figures().likers(), 2 * week.figures().likers());
            LikersUnion disjoint = new LikersUnion(CHECK);
            StoredReport other = week(seed, 40_000, 80_000);
            disjoint.add(week);
            disjoint.add(other);
            assertThat(disjoint.count().likers())
                    .isLessThanOrEqualTo(
                            week.figures().likers() + other.figures().likers());
        }
    }

    @Test
    void count_leavesStoredLikersUnchanged() {
        StoredReport sketched = week(1, 0, 40_000);
        byte[] before = sketched.likers().bytes().clone();
        LikersUnion union = new LikersUnion(CHECK);
        union.add(sketched);
        union.add(week(1, 30_000, 45_000));
        union.count();
        union.add(week(1, 30_000, 75_000));
        union.count();

        assertThat(sketched.likers().bytes()).isEqualTo(before);
    }

    private static StoredReport week(int seed, int from, int to) {
        return week(seed, from, to, CHECK, false);
    }

    /** Returns a week whose likers have these numbers. It is exact up to the number of pairs of an exact report. */
    private static StoredReport week(int seed, int from, int to, String check, boolean hasMixedSecrets) {
        DistinctSet set = new DistinctSet();
        int exact = Math.min(to, from + WeeklyReport.EXACT_PAIRS);
        for (int person = from; person < exact; person++) {
            set.add(hash(seed, person), 0);
        }
        DistinctCounter likers = set;
        if (exact < to) {
            likers = DistinctSketch.of(set);
            for (int person = exact; person < to; person++) {
                likers.add(hash(seed, person), 0);
            }
        }
        boolean isExact = exact == to;
        Figures figures = new Figures(
                new ReportKey(WEEK, "alice"),
                1,
                likers.count(),
                0,
                likers.count(),
                likers.count(),
                0,
                new Precision(isExact, likers.relativeError(), 0),
                List.of(likers.count(), 0L, 0L, 0L, 0L, 0L, 0L),
                List.of());
        return new StoredReport(figures, new StoredLikers(isExact, likers.toBytes(), check, hasMixedSecrets));
    }

    private static long hash(int seed, int person) {
        return new SplittableRandom((long) seed << 32 | person).nextLong();
    }
}
