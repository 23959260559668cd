package io.heartline.reports.fold;

import static io.heartline.reports.fold.ReportBytes.bytes;
import static io.heartline.reports.fold.ReportBytes.figures;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Identifier;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;

/** The sizes of the largest possible documents: the longest ids, and every other quantity at its limit. */
class DocumentSizeTest {

    private static final int MEBIBYTE = 1 << 20;

    private final WeeklyReport report =
            new WeeklyReport(new ReportKey(YearWeek.of(2026, 47), longest("author")), "epoch", 0);
    private long offset;

    @Test
    void largestExactDocument_isBelow1MiB() {
        likeAndWithdraw(WeeklyReport.EXACT_PAIRS);
        report.recordCorrection("01936f0e-0000-7000-8000-000000000000");

        assertThat(figures(report).precision().exact()).isTrue();
        assertThat(figures(report).likers()).isEqualTo(WeeklyReport.EXACT_PAIRS);
        assertThat(figures(report).unlikes()).isEqualTo(WeeklyReport.EXACT_PAIRS);
        assertThat(report.posts.sortedById()).hasSize(PostCounts.CAPACITY).anyMatch(post -> post.tooHighBy > 0);
        assertThat(bytes(report)).hasSizeLessThan(MEBIBYTE);
    }

    @Test
    void largestEstimatedDocument_isSmallerThanTheExactOne() {
        likeAndWithdraw(WeeklyReport.EXACT_PAIRS);
        int exact = bytes(report).length;

        likeAndWithdraw(20 * WeeklyReport.EXACT_PAIRS);

        assertThat(figures(report).precision().exact()).isFalse();
        assertThat(bytes(report)).hasSizeLessThan(exact);
    }

    /** Folds a like and an unlike of {@code pairs} pairs. Each pair has its own liker and its own post. */
    private void likeAndWithdraw(int pairs) {
        for (int i = 0; i < pairs; i++) {
            String post = longest("post-" + i);
            String liker = longest("liker-" + i);
            report.fold(
                    LikeFixtures.HASH,
                    new Liked("e", post, report.key.authorId(), liker, LikeFixtures.MONDAY),
                    i % 7,
                    offset++);
            report.fold(
                    LikeFixtures.HASH,
                    new Unliked("e", post, report.key.authorId(), liker, LikeFixtures.MONDAY),
                    i % 7,
                    offset++);
        }
    }

    private static String longest(String id) {
        return id + "~".repeat(Identifier.MAX_LENGTH - id.length());
    }
}
