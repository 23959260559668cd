package io.heartline.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeTest {

    private static final long END = Instant.parse("9999-12-31T00:00:00Z").toEpochMilli();

    @Test
    void format_thenParse_returnsTheSameInstant() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            Instant at = Instant.ofEpochMilli(random.nextLong(END));

            assertThat(EventTime.parse(EventTime.format(at))).isEqualTo(at);
        }
    }

    @Test
    void format_anyInstant_equalsJavasFormatter() {
        DateTimeFormatter javas =
                new DateTimeFormatterBuilder().appendInstant(3).toFormatter().withZone(ZoneOffset.UTC);
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            long within = random.nextLong(END);
            for (long millis : new long[] {within, -1 - within, END + within}) {
                Instant at = Instant.ofEpochMilli(millis).plusNanos(random.nextInt(1_000_000));

                assertThat(EventTime.format(at)).isEqualTo(javas.format(at));
            }
        }
    }

    @Test
    void parse_anyInstant_equalsJavasParser() {
        Random random = new Random(2);
        String characters = "0123456789T:.-Z+";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(EventTime.format(Instant.ofEpochMilli(random.nextLong(END))));
            for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
                text.setCharAt(random.nextInt(text.length()), characters.charAt(random.nextInt(characters.length())));
            }

            assertThat(read(text.toString())).as(text.toString()).isEqualTo(javas(text.toString()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-24T24:00:00.000Z",
                "2026-11-24T23:59:60.000Z",
                "2026-11-24T10:00:00Z",
                "2026-11-24T10:00:00.123456789Z",
                "2026-11-24T10:00:00.123+01:00",
                "2024-02-29T10:00:00.000Z",
                "1970-01-01T00:00:00.000Z",
                "9999-12-30T23:59:59.999Z"
            })
    void parse_otherIsoForms_areAccepted(String text) {
        assertThat(EventTime.parse(text)).isEqualTo(Instant.parse(text).truncatedTo(ChronoUnit.MILLIS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-02-29T10:00:00.000Z",
                "2026-13-01T10:00:00.000Z",
                "2026-11-24T10:60:00.000Z",
                "1969-12-31T23:59:59.999Z",
                "9999-12-31T00:00:00.000Z",
                "2026-11-24T10:00:00.000z0"
            })
    void parse_invalidOrOutOfRange_isRefusedWithTheRule(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventTime.parse(text))
                .withMessage("at " + EventTime.RULE);
    }

    private static Optional<Instant> read(String text) {
        try {
            return Optional.of(EventTime.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> javas(String text) {
        try {
            return Optional.of(Instant.parse(text).truncatedTo(ChronoUnit.MILLIS))
                    .filter(at -> at.toEpochMilli() >= 0 && at.toEpochMilli() < END);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
