package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

class RankingCursorTest {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);

    @ParameterizedTest
    @ValueSource(strings = {"alice", "a|b", "~", "._:@|+~=-Z9"})
    void cursor_isParsedAsWritten_andNeedsNoUrlEscaping(String author) {
        RankingCursor cursor = new RankingCursor(WEEK, 12, author);

        assertThat(cursor.toString()).matches("[A-Za-z0-9_-]+");
        assertThat(RankingCursor.parse(cursor.toString(), WEEK)).isEqualTo(cursor);
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
                "",
            })
    void cursorOfAnotherForm_isRefused(String text) {
        String encoded = Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));

        assertThatExceptionOfType(InvalidParameterException.class)
                .isThrownBy(() -> RankingCursor.parse(encoded, WEEK))
                .satisfies(e -> assertThat(e.parameter()).isEqualTo("cursor"));
    }

    @Test
    void invalidBase64_isRefused() {
        assertThatExceptionOfType(InvalidParameterException.class).isThrownBy(() -> RankingCursor.parse("ä", WEEK));
        assertThatExceptionOfType(InvalidParameterException.class).isThrownBy(() -> RankingCursor.parse("a", WEEK));
    }
}
