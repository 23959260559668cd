package io.heartline.reports.webhook;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header {@code Retry-After}. */
final class RetryAfter {

    /** A receiver cannot stop deliveries for longer. */
    static final Duration MAX = Duration.ofHours(1);

    /** A receiver cannot ask for more requests. */
    static final Duration MIN = Duration.ofSeconds(1);

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,18}");

    private RetryAfter() {}

    /**
     * Parses the header.
     *
     * @param value seconds or a date of HTTP; null if there is no header
     * @param now compares with a date
     * @return a time from {@link #MIN} to {@link #MAX}; null if there is no header, or it is malformed
     */
    static @Nullable Duration parse(@Nullable String value, Instant now) {
        if (value == null) {
            return null;
        }
        String text = value.strip();
        if (SECONDS.matcher(text).matches()) {
            return bounded(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            return bounded(Duration.between(
                    now,
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant()));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Duration bounded(Duration wait) {
        Duration atLeast = wait.compareTo(MIN) < 0 ? MIN : wait;
        return atLeast.compareTo(MAX) > 0 ? MAX : atLeast;
    }
}
