package io.heartline.reports.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeedCursorTest {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 999_999_999_999_999_999L})
    void cursor_isParsedAsWritten_andNeedsNoUrlEscaping(long number) {
        FeedCursor cursor = new FeedCursor("0123456789abcdef", number, number);

        assertThat(cursor.toString()).matches("[A-Za-z0-9_-]+");
        assertThat(FeedCursor.parse(cursor.toString())).isEqualTo(cursor);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/1",
                "a/1/0/0",
                "a/-1/0",
                "a/01/0",
                "a/1/00",
                "a/1000000000000000000/0",
                "a/1/1000000000000000000",
                "A/1/0",
                "g/1/0",
                "0123456789abcdef0/1/0",
                "/1/0",
                "a/1/0\n",
                "",
            })
    void cursorOfAnotherForm_isRefused(String text) {
        String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> FeedCursor.parse(encoded))
                .withMessage("must be a cursor of this feed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ä", "a", "YS8xLzA=", "YS8xLzB", "1"})
    void otherBase64_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> FeedCursor.parse(text));
    }

    @Test
    void start_excludesEarlierRemovals() {
        assertThat(FeedCursor.start(new FeedStore.Feed("a", 7, 9))).isEqualTo(new FeedCursor("a", 0, 7));
    }

    @ParameterizedTest
    @CsvSource({
        // number, base, removed through, whether the mirror has to start over
        "0, 0, 0, false",
        "4, 0, 5, true",
        "5, 0, 5, false",
        "0, 5, 5, false",
        "0, 5, 6, true",
        "6, 5, 6, false",
    })
    void cursor_isExpired_ifALaterChangeWasRemovedSinceTheStart(
            long number, long base, long removedThrough, boolean isExpired) {
        assertThat(new FeedCursor("a", number, base).isExpired(removedThrough)).isEqualTo(isExpired);
    }
}
