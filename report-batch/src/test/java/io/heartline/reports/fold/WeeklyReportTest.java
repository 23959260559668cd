package io.heartline.reports.fold;

import static io.heartline.reports.fold.ReportBytes.figures;
import static io.heartline.reports.fold.ReportBytes.savedAndLoaded;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

class WeeklyReportTest {

    private static final ReportKey KEY = new ReportKey(YearWeek.of(2026, 47), "alice");
    private static final Instant MONDAY = LikeFixtures.MONDAY;

    @Test
    void repeatedLikesOfAPair_countOnce() {
        Figures figures = fold(
                new Liked("1", "p-1", "alice", "bob", MONDAY.plusSeconds(90_000)),
                new Liked("1", "p-1", "alice", "bob", MONDAY.plusSeconds(90_000)),
                new Unliked("2", "p-1", "alice", "bob", MONDAY.plusSeconds(91_000)),
                new Liked("3", "p-1", "alice", "bob", MONDAY));

        assertThat(figures.likes()).isEqualTo(1);
        assertThat(figures.unlikes()).isEqualTo(1);
        assertThat(figures.likers()).isEqualTo(1);
        assertThat(figures.likedEvents()).isEqualTo(3);
        assertThat(figures.unlikedEvents()).isEqualTo(1);
        assertThat(figures.byDay())
                .as("the pair counts on its earliest day")
                .containsExactly(1L, 0L, 0L, 0L, 0L, 0L, 0L);
    }

    @Test
    void likerOfTwoPosts_countsAsOneLikerWithTwoLikes() {
        Figures figures =
                fold(new Liked("1", "p-1", "alice", "bob", MONDAY), new Liked("2", "p-2", "alice", "bob", MONDAY));

        assertThat(figures.likes()).isEqualTo(2);
        assertThat(figures.likers()).isEqualTo(1);
    }

    @Test
    void recordBelowNext_isSkipped() {
        WeeklyReport report = new WeeklyReport(KEY, "epoch", 0);
        Liked like = new Liked("1", "p-1", "alice", "bob", MONDAY);

        assertThat(report.fold(LikeFixtures.HASH, like, 0, 41)).isTrue();
        assertThat(report.fold(LikeFixtures.HASH, like, 0, 41)).isFalse();
        assertThat(report.fold(LikeFixtures.HASH, like, 0, 40)).isFalse();
        assertThat(report.fold(LikeFixtures.HASH, like, 0, 42)).isTrue();
        assertThat(figures(report).likedEvents()).isEqualTo(2);
    }

    @Test
    void rebasedReport_countsTheNewLogFromItsStart_andKeepsItsFigures() {
        WeeklyReport report = new WeeklyReport(KEY, "epoch", 0);
        report.fold(LikeFixtures.HASH, new Liked("1", "p-1", "alice", "bob", MONDAY), 0, 41);

        report.rebase("other", 1);

        assertThat(report.isFoldedFrom("other", 1)).isTrue();
        assertThat(report.isFoldedFrom("other", 0)).isFalse();
        assertThat(report.isFoldedFrom("epoch", 1)).isFalse();
        WeeklyReport stored = savedAndLoaded(report);
        assertThat(stored.isFoldedFrom("other", 1)).isTrue();
        assertThat(stored.fold(LikeFixtures.HASH, new Liked("2", "p-1", "alice", "carol", MONDAY), 0, 0))
                .isTrue();
        assertThat(figures(stored).likes()).isEqualTo(2);
    }

    @Test
    void correction_raisesTheRevisionOncePerRun() {
        WeeklyReport report = new WeeklyReport(KEY, "epoch", 0);

        report.recordCorrection("run-1");
        report.recordCorrection("run-1");
        report.recordCorrection("run-2");

        assertThat(figures(report).revision()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void figures_equalTheNaiveCount(long seed) {
        List<LikeEvent> events = LikeFixtures.of("alice", 2_000, seed);

        assertThat(fold(events.toArray(LikeEvent[]::new))).isEqualTo(NaiveWeek.count(KEY, events));
    }

    private static Figures fold(LikeEvent... events) {
        WeeklyReport report = new WeeklyReport(KEY, "epoch", 0);
        for (int offset = 0; offset < events.length; offset++) {
            foldOne(report, events[offset], offset);
        }
        return figures(report);
    }

    private static void foldOne(WeeklyReport report, LikeEvent event, long offset) {
        int day = event.at().atZone(ZoneOffset.UTC).getDayOfWeek().ordinal();
        report.fold(LikeFixtures.HASH, event, day, offset);
    }
}
