package io.heartline.reports.fold;

import static io.heartline.reports.fold.ReportBytes.figures;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.reports.fold.Figures.Precision;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

class EstimatedReportTest {

    private static final Instant AT = LikeFixtures.MONDAY;

    private final WeeklyReport report = new WeeklyReport(new ReportKey(YearWeek.of(2026, 47), "alice"), "epoch", 0);
    private long offset;

    @Test
    void report_upTo16384Pairs_isExact_andBeyondThatEstimated() {
        for (int i = 0; i < 16_384; i++) {
            like("p-" + i % 10, "l-" + i, i % 7);
        }
        assertThat(figures(report).precision()).isEqualTo(Precision.EXACT);
        assertThat(figures(report).likes()).isEqualTo(16_384);

        like("p-0", "l-0", 0);
        assertThat(figures(report).precision())
                .as("precision after a repeated pair")
                .isEqualTo(Precision.EXACT);

        like("p-0", "l-16384", 0);
        assertThat(figures(report).precision().exact()).isFalse();
        assertThat(figures(report).likes()).isEqualTo(16_385);
        assertThat(figures(report).likers()).isEqualTo(16_385);
    }

    @Test
    void tooManyUnlikes_switchTheWholeReportToEstimates() {
        like("p-1", "bob", 2);
        for (int i = 0; i <= 16_384; i++) {
            unlike("p-1", "l-" + i);
        }

        Figures figures = figures(report);
        assertThat(figures.precision().exact()).isFalse();
        assertThat(figures.unlikes()).isEqualTo(16_385);
        assertThat(figures.likes()).isEqualTo(1);
        assertThat(figures.likers()).isEqualTo(1);
        assertThat(figures.byDay()).containsExactly(0L, 0L, 1L, 0L, 0L, 0L, 0L);
    }

    @Test
    void likes_neverDecrease_andEqualTheSumOfPosts() {
        long before = 0;
        for (int i = 0; i < 60_000; i++) {
            like("p-" + i % 30, "l-" + i, i % 7);
            if (i % 100 == 0) {
                long likes = report.likedPairs.count();
                assertThat(likes).isGreaterThanOrEqualTo(before);
                assertThat(report.posts.sortedById().stream()
                                .mapToLong(post -> post.likes)
                                .sum())
                        .isEqualTo(likes);
                before = likes;
            }
        }
    }

    @Test
    void likers_neverExceedLikes() {
        for (int i = 0; i < 60_000; i++) {
            like("p", "fan-" + i, 0);
            if (i % 1_000 == 0) {
                assertThat(report.figures().likers()).isLessThanOrEqualTo(report.likedPairs.count());
            }
        }
        assertThat(report.likers.count())
                .as("control: the estimate of likers exceeds the likes before it is limited")
                .isGreaterThan(report.likedPairs.count());
    }

    /**
     * 400 000 people. A tenth of the likes is repeated, and a third is withdrawn. The posts grow at eight different rates.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void millionPairs_areWithinTheStatedError_andSumsHold(int seed) {
        int pairs = 1_000_000;
        int people = 400_000;
        long unliked = 0;
        long events = 0;
        long[] byDay = new long[7];
        String[] likers = new String[people];
        for (int i = 0; i < pairs; i++) {
            int person = i % people;
            if (likers[person] == null) {
                likers[person] = "l-" + seed + "-" + person;
            }
            String post = "p-" + i / people + "-" + Integer.numberOfTrailingZeros(person | 128);
            byDay[i % 7]++;
            like(post, likers[person], i % 7);
            events++;
            if (i % 10 == 0) {
                like(post, likers[person], 6);
                events++;
            }
            if (i % 3 == 0) {
                unlike(post, likers[person]);
                unliked++;
            }
        }

        Figures figures = figures(report);
        Precision precision = figures.precision();
        assertThat(precision.exact()).isFalse();
        assertThat(precision.relativeError()).isBetween(0.007, 0.0078);
        double percent = 100 * precision.relativeError();
        assertThat(figures.likes()).isCloseTo(pairs, withinPercentage(percent));
        assertThat(figures.unlikes()).isCloseTo(unliked, withinPercentage(percent));
        assertThat(figures.likers()).isCloseTo(people, withinPercentage(percent));
        assertThat(figures.likedEvents()).isEqualTo(events);
        assertThat(figures.unlikedEvents()).isEqualTo(unliked);
        assertThat(figures.byDay().stream().mapToLong(day -> day).sum()).isEqualTo(figures.likes());
        assertThat(report.posts.sortedById().stream()
                        .mapToLong(post -> post.likes)
                        .sum())
                .isEqualTo(figures.likes());
        for (int day = 0; day < 7; day++) {
            assertThat(figures.byDay().get(day)).isCloseTo(byDay[day], withinPercentage(3));
        }
    }

    private void like(String post, String liker, int day) {
        report.fold(LikeFixtures.HASH, new Liked("e", post, "alice", liker, AT), day, offset++);
    }

    private void unlike(String post, String liker) {
        report.fold(LikeFixtures.HASH, new Unliked("e", post, "alice", liker, AT), 0, offset++);
    }
}
