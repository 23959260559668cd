package io.heartline.reports;

import io.heartline.events.LikesTopic;
import java.time.Duration;
import java.time.ZoneId;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the report batch; {@code report-batch.yml} documents each.
 *
 * @param deadLetterTopic where records go that are no likes
 * @param schedule when a run starts: a cron expression of Spring's six fields, or {@code -} for never, on a read-only replica
 * @param zone where a day and a week begin
 * @param grace how long after its end a week stays open
 * @param chunkSize records folded at most between two writes of progress
 * @param stallTimeout how long a run waits for Kafka to deliver anything before it fails
 * @param lease how long a partition belongs to the instance that folds it, unless that instance renews the lease
 * @param queuePollInterval how often an instance looks for runs that others were asked for
 * @param runRetention how long {@code /v1/runs} remembers a run
 */
@ConfigurationProperties("heartline.reports")
public record ReportSettings(
        @DefaultValue(LikesTopic.NAME) String topic,
        @DefaultValue(LikesTopic.NAME + ".dead") String deadLetterTopic,
        @DefaultValue("0 */5 * * * *") String schedule,
        @DefaultValue("UTC") ZoneId zone,
        @DefaultValue("24h") Duration grace,
        @DefaultValue("200000") int chunkSize,
        @DefaultValue("1m") Duration stallTimeout,
        @DefaultValue("30s") Duration lease,
        @DefaultValue("2s") Duration queuePollInterval,
        @DefaultValue("35d") Duration runRetention) {

    /** As a schedule: no run but those that are asked for. */
    public static final String NEVER = "-";
}
