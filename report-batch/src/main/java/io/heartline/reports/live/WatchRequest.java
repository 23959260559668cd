package io.heartline.reports.live;

import io.heartline.events.Position;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/**
 * What a client asks for.
 *
 * @param authorId the author
 * @param week returns the watched week, which changes with the calendar if it is the current one
 * @param every the minimum time between two events with figures
 * @param atLeast the position that the first event has to include; null for none
 * @param atLeastTimeout the time after which the first event is sent without that position
 * @param expiresIn the time until the client's token expires; null if it does not expire
 */
public record WatchRequest(
        String authorId,
        Supplier<YearWeek> week,
        Duration every,
        @Nullable Position atLeast,
        Duration atLeastTimeout,
        @Nullable Duration expiresIn) {}
