package io.heartline.reports.live;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of live reports; {@code report-batch.yml} documents each.
 *
 * @param authors the maximum number of authors that clients watch concurrently on this instance
 * @param clients the maximum number of clients that watch a report concurrently
 * @param clientsPerCaller the maximum number of these for one caller; 0 for no limit; null for the default of the security mode
 * @param stateSize the maximum size of all watched reports in memory, approximately
 * @param catchUp the maximum number of records of one partition that are read for a new author, which are the records since the last run
 */
@ConfigurationProperties("heartline.reports.live")
public record LiveSettings(
        @DefaultValue("1000") int authors,
        @DefaultValue("10000") int clients,
        @Nullable Integer clientsPerCaller,
        @DefaultValue("64MB") DataSize stateSize,
        @DefaultValue("1000000") long catchUp) {

    /**
     * Checks the maximum for one caller.
     *
     * @param authors the maximum number of watched authors
     * @param clients the maximum number of clients
     * @param clientsPerCaller the maximum number of clients for one caller; null for the default
     * @param stateSize the maximum size of all watched reports in memory
     * @param catchUp the maximum number of records that are read for a new author
     * @throws IllegalArgumentException if the maximum for one caller is negative
     */
    public LiveSettings {
        if (clientsPerCaller != null && clientsPerCaller < 0) {
            throw new IllegalArgumentException("heartline.reports.live.clients-per-caller must not be negative");
        }
    }
}
