package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;

import io.heartline.events.LikesLog;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
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
    private static final Duration AHEAD = Duration.ofHours(1);

    private final LikesSource source;
    private final ProgressStore progress;
    private final ReportStore reports;
    private final ErasureStore erasures;
    private final WeekCalendar calendar;
    private final KeyedHash hash;
    private final Duration stall;

    /**
     * What came of it.
     *
     * @param reports how many were compared
     * @param underOtherSecrets how many of them depend on other secrets, so that only their events could be compared
     * @param differences a line for each report that says something else than the log does
     * @param unreachable why the log cannot tell, or null
     */
    public record Result(long reports, long underOtherSecrets, List<String> differences, String unreachable) {}

    Verification(
            LikesSource source,
            ProgressStore progress,
            ReportStore reports,
            ErasureStore erasures,
            WeekCalendar calendar,
            KeyedHash hash,
            Duration stall) {
        this.source = source;
        this.progress = progress;
        this.reports = reports;
        this.erasures = erasures;
        this.calendar = calendar;
        this.hash = hash;
        this.stall = stall;
    }

    /** Throws what Kafka or MongoDB throw, and {@link IllegalStateException} if runs keep changing the week meanwhile. */
    public Result verify(YearWeek week) {
        Admin admin = source.admin();
        try (Consumer<byte[], byte[]> consumer = source.consumer()) {
            LikesLog log = source.describe(admin);
            LogReader reader = new LogReader(consumer, stall);
            // progress first: a report read after it holds at least what it promises
            Map<Integer, Progress> folded = await(progress.all());
            Instant begin = week.atDay(DayOfWeek.MONDAY)
                    .atStartOfDay(calendar.zone())
                    .toInstant()
                    .minus(AHEAD);
            String why = unreachable(log, folded, consumer, reader, begin);
            if (why != null) {
                return new Result(0, 0, List.of(), why);
            }
            Comparison comparison =
                    new Comparison(week, log, calendar, hash, reports, erasures, consumer, reader, begin);
            return comparison.run(folded);
        } finally {
            LikesSource.close(admin);
        }
    }

    private static String unreachable(
            LikesLog log,
            Map<Integer, Progress> folded,
            Consumer<byte[], byte[]> consumer,
            LogReader reader,
            Instant begin) {
        for (Progress at : folded.values()) {
            if (!at.epoch().equals(log.epoch())) {
                return "what is folded belongs to another log: epoch " + at.epoch() + ", and the topic's is "
                        + log.epoch();
            }
            if (at.acceptedAt() != null && at.acceptedAt().isAfter(begin)) {
                return "another log was accepted at " + at.acceptedAt()
                        + ", and the one before may hold a part of the week";
            }
        }
        List<TopicPartition> partitions = Survey.partitions(log);
        consumer.assign(partitions);
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            long start = starts.get(partition);
            Instant first = start == 0 ? Instant.MIN : firstTimestamp(reader, partition, start, ends.get(partition));
            if (first.isAfter(begin)) {
                return "partition " + partition.partition() + " begins at offset " + start
                        + (first.equals(Instant.MAX) ? ", with nothing in it" : ", logged at " + first);
            }
        }
        return null;
    }

    private static Instant firstTimestamp(LogReader reader, TopicPartition partition, long start, long end) {
        Instant[] first = {Instant.MAX};
        reader.read(partition, start, end, record -> {
            first[0] = Instant.ofEpochMilli(record.timestamp());
            return false;
        });
        return first[0];
    }
}
