package io.heartline.reports.verify;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.events.LikesLog;
import io.heartline.reports.erasure.ErasureStores;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.progress.Progress;
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
 * Counts a week again from the log, in memory, and compares it with the stored reports. Each report is compared up to the offset to
 * which it is folded. Writes nothing.
 */
public final class Verification {

    // `at` may be a few minutes later than the log; a report that differs is compared with all earlier records, too
    private static final Duration MAX_CLOCK_LEAD = Duration.ofHours(1);

    private final KafkaClients clients;
    private final ErasureStores stores;
    private final Duration stallTimeout;

    /**
     * The result of a verification.
     *
     * @param comparedReports the number of reports that were compared
     * @param onlyEvents the number of them that depend on other secrets, or on what an erased liker has left, so that only their
     *     events were compared
     * @param differences a line for each report that differs from the log
     * @param unreachableReason why the log no longer reaches back to the week; null if it does
     */
    public record Result(long comparedReports, long onlyEvents, List<String> differences, String unreachableReason) {}

    /**
     * Creates a verification, which reads nothing before {@link #verify} is called.
     *
     * @param clients create an admin client and a consumer, which each call closes
     * @param stores the reports to compare, how far the log is folded, and which likes erasures exclude
     * @param stallTimeout how long Kafka may deliver no records
     */
    public Verification(KafkaClients clients, ErasureStores stores, Duration stallTimeout) {
        this.clients = clients;
        this.stores = stores;
        this.stallTimeout = stallTimeout;
    }

    /**
     * Compares all reports of a week with the log. Blocks the calling thread until the log is read.
     *
     * @param week a week in the zone of the calendar
     * @return the result, without a comparison if the log no longer reaches back to the week
     * @throws IllegalStateException if runs keep changing the week meanwhile
     * @throws RuntimeException if Kafka or MongoDB is unavailable
     */
    public Result verify(YearWeek week) {
        Admin admin = clients.admin();
        try (Consumer<byte[], byte[]> consumer = clients.consumer()) {
            LikesLog log = clients.describeLog(admin);
            RangeReader reader = new RangeReader(consumer, stallTimeout);
            // progress is read first: a report that is read after it contains at least these records
            Map<Integer, Progress> folded = await(stores.progress().all());
            Instant readFrom = week.atDay(DayOfWeek.MONDAY)
                    .atStartOfDay(stores.calendar().zone())
                    .toInstant()
                    .minus(MAX_CLOCK_LEAD);
            String reason = unreachableReason(log, folded, consumer, reader, readFrom);
            if (reason != null) {
                return new Result(0, 0, List.of(), reason);
            }
            WeekComparison comparison = new WeekComparison(week, log, stores, consumer, reader, readFrom);
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
                return "progress belongs to another log: epoch " + current.epoch() + ", and the topic's is "
                        + log.epoch();
            }
            if (current.acceptedAt() != null && current.acceptedAt().isAfter(readFrom)) {
                return "another log was accepted at " + current.acceptedAt()
                        + ", and the log before may contain a part of the week";
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
