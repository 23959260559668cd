package io.heartline.reports;

import io.heartline.events.LikesTopic;
import java.time.Duration;
import java.time.ZoneId;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the report batch; {@code report-batch.yml} documents each.
 *
 * @param deadLetterTopic the topic for records that are no likes
 * @param schedule when a run starts: a cron expression of Spring's six fields, or {@code -} for never, on a read-only replica
 * @param zone the time zone in which a day and a week begin
 * @param grace how long after its end a week stays open
 * @param chunkSize the maximum number of records that are folded between two writes of progress
 * @param stallTimeout how long a run waits for records from Kafka before it fails
 * @param lease how long an instance may fold a partition before it has to renew the lease
 * @param queuePollInterval how often an instance looks for runs that other instances have queued
 * @param runRetention how long runs are stored for {@code /v1/runs}
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

    /** The schedule of a read-only replica: only runs that are requested. */
    public static final String NEVER = "-";
}
