package io.heartline.reports.verify;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.events.LikesLog;
import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.threeten.extra.YearWeek;

/**
 * Counts a week once more, from the log and in memory, and holds it against what is stored, each report up to the offset
 * that it says it contains. Writes nothing.
 */
public final class Verification {

    // `at` may run a few minutes ahead of the log; a report that differs is compared with what was logged earlier, too
    private static final Duration MAX_CLOCK_LEAD = Duration.ofHours(1);

    private final KafkaClients clients;
    private final ProgressStore progress;
    private final ReportStore reports;
    private final ErasureStore erasures;
    private final WeekCalendar calendar;
    private final KeyedHash hash;
    private final Duration stallTimeout;

    /**
     * What came of it.
     *
     * @param comparedReports how many were compared
     * @param underOtherSecrets how many of them depend on other secrets, so that only their events could be compared
     * @param differences a line for each report that says something else than the log does
     * @param unreachableReason why the log cannot tell, or null
     */
    public record Result(
            long comparedReports, long underOtherSecrets, List<String> differences, String unreachableReason) {}

    public Verification(
            KafkaClients clients,
            ProgressStore progress,
            ReportStore reports,
            ErasureStore erasures,
            WeekCalendar calendar,
            KeyedHash hash,
            Duration stallTimeout) {
        this.clients = clients;
        this.progress = progress;
        this.reports = reports;
        this.erasures = erasures;
        this.calendar = calendar;
        this.hash = hash;
        this.stallTimeout = stallTimeout;
    }

    /** Throws what Kafka or MongoDB throw, and {@link IllegalStateException} if runs keep changing the week meanwhile. */
    public Result verify(YearWeek week) {
        Admin admin = clients.admin();
        try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
            LikesLog log = clients.describeLog(admin);
            RangeReader reader = new RangeReader(consumer, stallTimeout);
            // progress first: a report read after it holds at least what it promises
            Map<Integer, Progress> folded = await(progress.all());
            Instant readFrom = week.atDay(DayOfWeek.MONDAY)
                    .atStartOfDay(calendar.zone())
                    .toInstant()
                    .minus(MAX_CLOCK_LEAD);
            String reason = unreachableReason(log, folded, consumer, reader, readFrom);
            if (reason != null) {
                return new Result(0, 0, List.of(), reason);
            }
            WeekComparison comparison =
                    new WeekComparison(week, log, calendar, hash, reports, erasures, consumer, reader, readFrom);
            return comparison.run(folded);
        } finally {
            KafkaClients.closeImmediately(admin);
        }
    }

    private static String unreachableReason(
            LikesLog log,
            Map<Integer, Progress> folded,
            Consumer<byte[], byte[]> consumer,
            RangeReader reader,
            Instant readFrom) {
        for (Progress current : folded.values()) {
            if (!current.epoch().equals(log.epoch())) {
                return "what is folded belongs to another log: epoch " + current.epoch() + ", and the topic's is "
                        + log.epoch();
            }
            if (current.acceptedAt() != null && current.acceptedAt().isAfter(readFrom)) {
                return "another log was accepted at " + current.acceptedAt()
                        + ", and the one before may hold a part of the week";
            }
        }
        List<TopicPartition> partitions = LogSnapshot.partitions(log);
        consumer.assign(partitions);
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            long start = starts.get(partition);
            Instant first = start == 0 ? Instant.MIN : firstTimestamp(reader, partition, start, ends.get(partition));
            if (first.isAfter(readFrom)) {
                return "partition " + partition.partition() + " begins at offset " + start
                        + (first.equals(Instant.MAX) ? ", with nothing in it" : ", logged at " + first);
            }
        }
        return null;
    }

    private static Instant firstTimestamp(RangeReader reader, TopicPartition partition, long start, long end) {
        Instant[] first = {Instant.MAX};
        reader.read(partition, start, end, record -> {
            first[0] = Instant.ofEpochMilli(record.timestamp());
            return false;
        });
        return first[0];
    }
}
