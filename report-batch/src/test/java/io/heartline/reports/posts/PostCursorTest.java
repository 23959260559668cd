package io.heartline.reports.posts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.web.problem.InvalidParameterException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

class PostCursorTest {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);

    @ParameterizedTest
    @ValueSource(strings = {"p-1", "a|b", "~", "._:@|+~=-Z9"})
    void cursor_isParsedAsWritten_andNeedsNoUrlEscaping(String post) {
        PostCursor cursor = new PostCursor(WEEK, post);

        assertThat(cursor.toString()).matches("[A-Za-z0-9_-]+");
        assertThat(PostCursor.parse("cursor", cursor.toString(), WEEK)).isEqualTo(cursor);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-W46/p-1", "2026-W47/", "2026-W47", "2026-W47/a/b", "2026-W47/a b", "/p-1", ""})
    void cursorOfAnotherForm_isRefused(String text) {
        String encoded = Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));

        assertThatExceptionOfType(InvalidParameterException.class)
                .isThrownBy(() -> PostCursor.parse("after", encoded, WEEK))
                .satisfies(e -> assertThat(e.parameter()).isEqualTo("after"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ä", "a", "2026-W47/p-1"})
    void invalidBase64_isRefused(String text) {
        assertThatExceptionOfType(InvalidParameterException.class)
                .isThrownBy(() -> PostCursor.parse("cursor", text, WEEK));
    }
}
