package io.heartline.reports.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/**
 * Settings of this instance's part in runs.
 *
 * @param schedule when a scheduled run is due; null for a read-only replica, which executes only runs that it was asked for
 * @param chunkSize the maximum number of records that are folded between two writes of progress
 * @param stallTimeout how long a run waits for records from Kafka before it fails
 * @param leaseDuration how long this instance may fold a partition before it has to renew the lease
 * @param queuePollInterval how often this instance looks for runs that other instances have queued
 */
public record WorkerSettings(
        @Nullable CronExpression schedule,
        int chunkSize,
        Duration stallTimeout,
        Duration leaseDuration,
        Duration queuePollInterval) {}
