package io.heartline.reports;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the read API; {@code report-batch.yml} documents each.
 *
 * @param waiting the maximum number of requests that wait for a run concurrently
 * @param waitingPerCaller the maximum number of these for one caller; 0 for no limit; null for the default of the
 *     security mode
 * @param pollInterval the interval at which progress is read while requests wait
 * @param exports the maximum number of lists that are streamed concurrently
 * @param exportsPerCaller the maximum number of these for one caller; 0 for no limit; null for the default of the
 *     security mode
 * @param queries the maximum number of heavy GraphQL queries that are executed concurrently
 * @param stallTimeout how long a stream may make no progress, because of its reader or MongoDB, before it is closed
 * @param cacheSize the maximum size of the cached reports in memory, approximately; 0 for no cache
 */
@ConfigurationProperties("heartline.reports.read")
public record ReadSettings(
        @DefaultValue("1000") int waiting,
        @Nullable Integer waitingPerCaller,
        @DefaultValue("250ms") Duration pollInterval,
        @DefaultValue("16") int exports,
        @Nullable Integer exportsPerCaller,
        @DefaultValue("32") int queries,
        @DefaultValue("2m") Duration stallTimeout,
        @DefaultValue("64MB") DataSize cacheSize) {

    /**
     * Checks the maximums for one caller.
     *
     * @param waiting the maximum number of requests that wait for a run concurrently
     * @param waitingPerCaller the maximum number of these for one caller; null for the default
     * @param pollInterval the interval at which progress is read
     * @param exports the maximum number of lists that are streamed concurrently
     * @param exportsPerCaller the maximum number of these for one caller; null for the default
     * @param queries the maximum number of heavy GraphQL queries that are executed concurrently
     * @param stallTimeout how long a stream may make no progress
     * @param cacheSize the maximum size of the cached reports; 0 for no cache
     * @throws IllegalArgumentException if the cache's size or a maximum for one caller is negative
     */
    public ReadSettings {
        requireNotNegative("waiting-per-caller", waitingPerCaller);
        requireNotNegative("exports-per-caller", exportsPerCaller);
        if (cacheSize.isNegative()) {
            throw new IllegalArgumentException("heartline.reports.read.cache-size must not be negative");
        }
    }

    private static void requireNotNegative(String key, @Nullable Integer limit) {
        if (limit != null && limit < 0) {
            throw new IllegalArgumentException("heartline.reports.read." + key + " must not be negative");
        }
    }
}
