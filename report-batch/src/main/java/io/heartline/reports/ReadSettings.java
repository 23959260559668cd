package io.heartline.reports;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the read API; {@code report-batch.yml} documents each.
 *
 * @param waiting requests that may wait for a run concurrently
 * @param waitingPerCaller of these for one caller; 0 for no limit; null for the default of the security mode
 * @param pollInterval how often progress is read while requests wait
 * @param exports lists that may be streamed concurrently
 * @param exportsPerCaller of these for one caller; 0 for no limit; null for the default of the security mode
 * @param queries max heavy GraphQL queries that are answered concurrently
 * @param stallTimeout how long a stream may stand still, whether it is its reader or MongoDB that holds it up
 */
@ConfigurationProperties("heartline.reports.read")
public record ReadSettings(
        @DefaultValue("1000") int waiting,
        @Nullable Integer waitingPerCaller,
        @DefaultValue("250ms") Duration pollInterval,
        @DefaultValue("16") int exports,
        @Nullable Integer exportsPerCaller,
        @DefaultValue("32") int queries,
        @DefaultValue("2m") Duration stallTimeout) {

    public ReadSettings {
        requireNotNegative("waiting-per-caller", waitingPerCaller);
        requireNotNegative("exports-per-caller", exportsPerCaller);
    }

    private static void requireNotNegative(String key, @Nullable Integer limit) {
        if (limit != null && limit < 0) {
            throw new IllegalArgumentException("heartline.reports.read." + key + " must not be negative");
        }
    }
}
