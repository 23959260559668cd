package io.heartline.reports.run;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.LikesLog;
import io.heartline.events.NotALikeEventException;
import io.heartline.events.NotALikeEventException.Reason;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pull: everything between each partition's progress and the end offset it had at the start. Reports are written
 * first and progress after them, so that what a crash leaves behind is pulled again and skipped by the reports that have
 * it.
 */
final class Pull {

    private static final Logger logger = LoggerFactory.getLogger(Pull.class);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final LikesLog log;
    private final ProgressStore progress;
    private final Fold fold;
    private final WeekCalendar calendar;
    private final FoldMetrics metrics;
    private final int chunkSize;
    private final Duration stall;

    private final Map<Integer, Progress> reached = new HashMap<>();
    private final Map<Integer, Integer> leaderEpochs = new HashMap<>();
    private Map<TopicPartition, Long> ends;
    private Instant seen;

    /** What a pull works with, whichever log it finds. */
    record Tools(
            ProgressStore progress,
            ReportStore reports,
            WeekCalendar calendar,
            FoldMetrics metrics,
            int chunkSize,
            Duration stall) {}

    /** What a pull is going to do. */
    interface Plan {

        /** First and end offsets, by partition. */
        void made(String epoch, List<Long> from, List<Long> target);
    }

    Pull(Consumer<byte[], byte[]> consumer, LikesLog log, Tools tools) {
        this.consumer = consumer;
        this.log = log;
        this.progress = tools.progress();
        this.calendar = tools.calendar();
        this.metrics = tools.metrics();
        this.fold = new Fold(tools.reports(), calendar, metrics);
        this.chunkSize = tools.chunkSize();
        this.stall = tools.stall();
    }

    /**
     * Returns when every partition's progress has reached the end offsets seen at the start.
     *
     * @param plan is told before anything is read
     * @throws LogGapException if progress and the log do not meet
     */
    void run(String runId, InstantSource clock, Plan plan) {
        List<TopicPartition> partitions = IntStream.range(0, log.partitions())
                .mapToObj(partition -> new TopicPartition(log.topic(), partition))
                .toList();
        consumer.assign(partitions);
        seen = clock.instant(); // before the ends are asked for: what is logged later is not promised
        ends = consumer.endOffsets(partitions);
        begin(consumer.beginningOffsets(partitions));
        Instant publishedAsOf = asOf();
        Set<TopicPartition> behind = new HashSet<>(partitions);
        behind.removeIf(this::isDone);
        partitions.stream().filter(this::isDone).forEach(this::confirm);
        plan.made(
                log.epoch(),
                partitions.stream().map(p -> reached.get(p.partition()).next()).toList(),
                partitions.stream().map(ends::get).toList());
        consumer.assign(behind);
        behind.forEach(this::seek);
        while (!behind.isEmpty()) {
            Chunk chunk = pull(behind);
            fold.apply(chunk, log.epoch(), runId, publishedAsOf);
            behind.forEach(this::advance);
            behind.removeIf(this::isDone);
            consumer.assign(behind);
        }
        commit(partitions);
    }

    /** Kafka's own group offsets are for tools that show lag, and mean nothing to us. */
    private void commit(List<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = partitions.stream()
                .collect(Collectors.toMap(
                        p -> p,
                        p -> new OffsetAndMetadata(reached.get(p.partition()).next())));
        try {
            consumer.commitSync(offsets);
        } catch (KafkaException e) {
            logger.warn("lag tools will show old offsets: {}", e.toString());
        }
    }

    /** Makes sure that each partition has progress and that the log still has what comes next. */
    private void begin(Map<TopicPartition, Long> starts) {
        reached.putAll(progress.all().block());
        for (Map.Entry<TopicPartition, Long> start : starts.entrySet()) {
            int partition = start.getKey().partition();
            if (!reached.containsKey(partition)) {
                Progress first = new Progress(partition, log.epoch(), log.partitions(), start.getValue(), null, null);
                reached.put(partition, progress.begin(first).block() ? first : reload(partition));
            }
            check(reached.get(partition), start.getValue(), ends.get(start.getKey()));
        }
    }

    private void check(Progress at, long start, long end) {
        if (!at.epoch().equals(log.epoch())) {
            throw new LogGapException("progress of partition " + at.partition() + " belongs to another log: epoch "
                    + at.epoch() + ", and the topic's is " + log.epoch());
        }
        if (at.next() < start) {
            throw new LogGapException("offsets " + at.next() + " to " + (start - 1) + " of partition " + at.partition()
                    + " have left the log before they were folded");
        }
        if (at.next() > end) {
            throw new LogGapException("partition " + at.partition() + " is folded up to offset " + at.next()
                    + ", but the log ends at " + end);
        }
    }

    /** Reads until a chunk is full or every partition has reached its end. */
    private Chunk pull(Set<TopicPartition> behind) {
        Chunk chunk = new Chunk(calendar);
        int size = 0;
        long deadline = System.nanoTime() + stall.toNanos();
        while (size < chunkSize && behind.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
            long before = positions(behind);
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : polled) {
                if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) {
                    add(record, chunk);
                }
            }
            size += polled.count();
            if (positions(behind) > before) {
                deadline = System.nanoTime() + stall.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Kafka has delivered nothing for " + stall.toSeconds() + " s");
            }
        }
        return chunk;
    }

    private void add(ConsumerRecord<byte[], byte[]> record, Chunk chunk) {
        record.leaderEpoch().ifPresent(epoch -> leaderEpochs.put(record.partition(), epoch));
        try {
            LikeEvent event = LikeEventJson.decode(record.key(), record.value());
            if (log.partitionOf(event.authorId()) == record.partition()) {
                chunk.add(event, record.offset());
            } else {
                // a report's `next` counts in its author's own partition and in no other
                metrics.notALike(Reason.UNREADABLE);
            }
        } catch (NotALikeEventException e) {
            metrics.notALike(e.reason());
        }
    }

    private void advance(TopicPartition partition) {
        Progress from = reached.get(partition.partition());
        long next = Math.min(consumer.position(partition), ends.get(partition));
        if (next == from.next()) {
            return;
        }
        Progress to = from.upTo(next, leaderEpochs.get(partition.partition()));
        if (next == ends.get(partition)) {
            to = to.asOf(seen); // in one write: a run that has arrived must not be seen without what it promises
        }
        if (progress.advance(from, to).block()) {
            reached.put(partition.partition(), to);
        } else {
            // another instance is at it: go on from where it stands, its records are in the reports
            reached.put(partition.partition(), reload(partition.partition()));
            seek(partition);
        }
    }

    /** Nothing was logged since: the same figures, and a later time to vouch for them. */
    private void confirm(TopicPartition partition) {
        Progress at = reached.get(partition.partition());
        progress.advance(at, at.asOf(seen)).block();
    }

    private Progress reload(int partition) {
        Progress at = progress.all().block().get(partition);
        if (at == null || !at.epoch().equals(log.epoch())) {
            throw new LogGapException("progress of partition " + partition + " was taken away during the run");
        }
        return at;
    }

    private void seek(TopicPartition partition) {
        Progress at = reached.get(partition.partition());
        // with the leader epoch Kafka itself finds out whether the log was rewritten below us
        consumer.seek(partition, new OffsetAndMetadata(at.next(), Optional.ofNullable(at.leaderEpoch()), ""));
    }

    private boolean isDone(TopicPartition partition) {
        return reached.get(partition.partition()).next() >= ends.get(partition);
    }

    private long positions(Set<TopicPartition> behind) {
        return behind.stream().mapToLong(consumer::position).sum();
    }

    /** What readers see before this run; null while some partition was never read to its end. */
    private Instant asOf() {
        return reached.values().stream().anyMatch(at -> at.asOf() == null)
                ? null
                : reached.values().stream()
                        .map(Progress::asOf)
                        .min(Instant::compareTo)
                        .orElse(null);
    }
}
