package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.threeten.extra.YearWeek;

/** After each event of any stream, likes do not exceed events, and the sums of days and of posts equal the likes. */
class EstimateBoundsTest {

    private static final int EVENTS = 60_000;

    private final WeeklyReport report = new WeeklyReport(new ReportKey(YearWeek.of(2026, 47), "alice"), "epoch", 0);
    private long offset;

    /** The streams range from no repeated pairs to mostly repeated pairs, with few or many posts, and contain unlikes. */
    @RepeatedTest(30)
    void likes_neverExceedEvents_andEqualTheSumsOfDaysAndPosts(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        boolean isDistinct = random.nextInt(3) == 0;
        int likerCount = 10_000 + random.nextInt(100_000);
        int posts = 1 + random.nextInt(random.nextBoolean() ? 5 : 3_000);
        int unlikesInFour = random.nextInt(4);
        WeeklyReport folded = report;
        for (int i = 0; i < EVENTS; i++) {
            String liker =
                    "l-" + repetition.getCurrentRepetition() + "-" + (isDistinct ? i : random.nextInt(likerCount));
            String post = "p-" + random.nextInt(posts);
            boolean isLiked = random.nextInt(4) >= unlikesInFour;
            fold(folded, isLiked, post, liker, random.nextInt(7));
            if (i % 200 == 0) {
                assertSumsHold(folded);
            }
            if (i % 20_000 == 0) {
                folded = ReportBytes.savedAndLoaded(folded);
            }
        }
        assertSumsHold(folded);
    }

    private void fold(WeeklyReport folded, boolean isLiked, String post, String liker, int day) {
        LikeEvent event = isLiked
                ? new Liked("e", post, "alice", liker, LikeFixtures.MONDAY)
                : new Unliked("e", post, "alice", liker, LikeFixtures.MONDAY);
        folded.fold(LikeFixtures.HASH, event, day, offset++);
    }

    private static void assertSumsHold(WeeklyReport folded) {
        long likes = folded.likedPairs.count();
        assertThat(likes).isLessThanOrEqualTo(folded.likedEvents);
        assertThat(folded.unlikedPairs.count()).isLessThanOrEqualTo(folded.unlikedEvents);
        assertThat(Arrays.stream(folded.likedPairs.byDay()).sum()).isEqualTo(likes);
        assertThat(folded.posts.sortedById().stream()
                        .mapToLong(post -> post.likes)
                        .sum())
                .isEqualTo(likes);
    }
}
