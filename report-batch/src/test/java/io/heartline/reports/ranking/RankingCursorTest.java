package io.heartline.reports.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

class RankingCursorTest {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);

    @ParameterizedTest
    @ValueSource(strings = {"alice", "a|b", "~", "._:@|+~=-Z9"})
    void cursor_isParsedAsWritten_andNeedsNoUrlEscaping(String author) {
        for (RankingSort sort : RankingSort.values()) {
            RankingCursor cursor = new RankingCursor(WEEK, sort, 12L, author);

            assertThat(cursor.toString()).matches("[A-Za-z0-9_-]+");
            assertThat(RankingCursor.parse(cursor.toString(), WEEK, sort)).isEqualTo(cursor);
        }
    }

    @Test
    void growth_mayBeNegativeOrMissing() {
        for (Long growth : new Long[] {null, 0L, -12L, Long.MAX_VALUE / 10}) {
            RankingCursor cursor = new RankingCursor(WEEK, RankingSort.growth, growth, "alice");

            assertThat(RankingCursor.parse(cursor.toString(), WEEK, RankingSort.growth))
                    .isEqualTo(cursor);
        }
    }

    @ParameterizedTest
    @EnumSource(RankingSort.class)
    void cursorOfAnotherSort_isRefused(RankingSort sort) {
        String text = new RankingCursor(WEEK, sort, 12L, "alice").toString();

        for (RankingSort other : RankingSort.values()) {
            if (other != sort) {
                assertThatExceptionOfType(InvalidParameterException.class)
                        .isThrownBy(() -> RankingCursor.parse(text, WEEK, other))
                        .withMessageContaining("by " + other);
            }
        }
    }

    /** A client may have received it from an instance of a release that had one sort only. */
    @Test
    void cursorOfAnEarlierRelease_isByLikes() {
        String text = Base64.getUrlEncoder().encodeToString("2026-W47/12/alice".getBytes(StandardCharsets.UTF_8));

        assertThat(RankingCursor.parse(text, WEEK, RankingSort.likes))
                .isEqualTo(new RankingCursor(WEEK, RankingSort.likes, 12L, "alice"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-W46/12/alice",
                "2026-W47/-1/alice",
                "2026-W47/012/alice",
                "2026-W47/9999999999999999999/alice",
                "2026-W47/12/a/b",
                "2026-W47/12/a b",
                "2026-W47/12/",
                "2026-W47/12",
                "2026-W47/none/alice",
                "2026-W47/growth/12/alice",
                "2026-W47/likes/12/alice",
                "",
            })
    void cursorOfAnotherForm_isRefused(String text) {
        String encoded = Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));

        assertThatExceptionOfType(InvalidParameterException.class)
                .isThrownBy(() -> RankingCursor.parse(encoded, WEEK, RankingSort.likes))
                .satisfies(e -> assertThat(e.parameter()).isEqualTo("cursor"));
    }

    @Test
    void invalidBase64_isRefused() {
        assertThatExceptionOfType(InvalidParameterException.class)
                .isThrownBy(() -> RankingCursor.parse("ä", WEEK, RankingSort.likes));
        assertThatExceptionOfType(InvalidParameterException.class)
                .isThrownBy(() -> RankingCursor.parse("a", WEEK, RankingSort.likes));
    }
}
