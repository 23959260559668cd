package io.heartline.reports.worker;

import io.heartline.reports.erasure.ErasureStores;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.kafka.DeadLetterMetrics;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.settings.DatabaseSettings;
import java.time.Duration;

/**
 * The services and settings that all runs of this instance share.
 *
 * @param settings compared before a run and before each chunk, since an operator may have changed the database's
 * @param hash of likers and pairs
 * @param erasures the erasures of authors and likers
 * @param chunkSize the maximum number of records that are folded between two writes of progress
 * @param stallTimeout how long a run waits for records from Kafka before it fails
 * @param leaseDuration how long this instance may fold a partition before it has to renew the lease
 */
record RunContext(
        DatabaseSettings settings,
        KeyedHash hash,
        ProgressStore progress,
        ReportStore reports,
        ErasureStores erasures,
        WeekCalendar calendar,
        FoldMetrics metrics,
        DeadLetterMetrics deadLetterMetrics,
        FoldTracing tracing,
        int chunkSize,
        Duration stallTimeout,
        Duration leaseDuration) {}
