package io.heartline.reports;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the feed of revisions; {@code report-batch.yml} documents each.
 *
 * @param interval between two checks for reports that are missing in the feed
 * @param clients the maximum number of requests that wait for changes concurrently, and of streams
 * @param clientsPerCaller the maximum number of such requests of one caller; 0 for no limit; null for the default of the security mode
 * @param pollInterval how often the feed is read while clients wait, however many wait
 */
@ConfigurationProperties("heartline.reports.feed")
public record FeedSettings(
        @DefaultValue("5s") Duration interval,
        @DefaultValue("1000") int clients,
        @Nullable Integer clientsPerCaller,
        @DefaultValue("1s") Duration pollInterval) {

    /**
     * Checks the settings.
     *
     * @param interval between two checks for missing reports
     * @param clients the maximum number of clients
     * @param clientsPerCaller the maximum number of clients for one caller; null for the default
     * @param pollInterval how often the feed is read while clients wait
     * @throws IllegalArgumentException if an interval is not positive, or the maximum for one caller is negative
     */
    public FeedSettings {
        requirePositive("interval", interval);
        requirePositive("poll-interval", pollInterval);
        if (clientsPerCaller != null && clientsPerCaller < 0) {
            throw new IllegalArgumentException("heartline.reports.feed.clients-per-caller must not be negative");
        }
    }

    private static void requirePositive(String key, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("heartline.reports.feed." + key + " must be positive");
        }
    }
}
