package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    @ParameterizedTest
    @CsvSource({"0,1", "1,1", "2,2", "' 120 ',120", "3600,3600", "3601,3600", "999999999999999999,3600"})
    void seconds_areHonouredWithinLimits(String value, long expected) {
        assertThat(RetryAfter.parse(value, NOW)).hasSeconds(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'Sat, 28 Nov 2026 12:00:30 GMT',30",
        "'Sat, 28 Nov 2026 11:00:00 GMT',1",
        "'Sun, 29 Nov 2026 12:00:00 GMT',3600"
    })
    void date_isHonouredWithinLimits(String value, long expected) {
        assertThat(RetryAfter.parse(value, NOW)).hasSeconds(expected);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "soon", "-1", "1.5", "9999999999999999999", "Sun, 28 Nov 2026 12:00:30 GMT"})
    void otherValue_isIgnored(@Nullable String value) {
        assertThat(RetryAfter.parse(value, NOW)).isNull();
    }
}
