package io.heartline.reports.read;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the read API; {@code report-batch.yml} documents each.
 *
 * @param waiting requests that may wait for a run at once
 * @param poll how often progress is looked at while somebody waits
 * @param exports lists that may be streamed at once
 * @param queries max heavy GraphQL queries that are answered concurrently
 * @param stall how long a stream may stand still, whether it is its reader or MongoDB that holds it up
 */
@ConfigurationProperties("heartline.reports.read")
record ReadSettings(
        @DefaultValue("1000") int waiting,
        @DefaultValue("250ms") Duration poll,
        @DefaultValue("16") int exports,
        @DefaultValue("32") int queries,
        @DefaultValue("2m") Duration stall) {}
