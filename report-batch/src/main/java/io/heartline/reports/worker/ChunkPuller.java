package io.heartline.reports.worker;

import io.heartline.events.LikesLog;
import io.heartline.events.NotALikeEventException;
import io.heartline.events.NotALikeEventException.Reason;
import io.heartline.events.Position;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunPlan;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pulls the records of assigned partitions into chunks, up to the targets of a run. Invalid records become dead letters. */
final class ChunkPuller {

    // All reports of a chunk are written before progress. More reports would only make its repetition longer.
    private static final int MAX_REPORTS = 20_000;

    private static final Logger logger = LoggerFactory.getLogger(ChunkPuller.class);
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);

    private final RunSession session;
    private final Consumer<byte[], byte[]> consumer;
    private final LikesLog log;
    private final Run run;
    private final RunPlan plan;
    private final RunContext context;

    private final Map<Integer, Integer> leaderEpochs = new HashMap<>();
    private final Map<Integer, Long> positions = new HashMap<>();
    private final Set<Integer> stalled = new HashSet<>();

    /** @param run a planned run */
    ChunkPuller(RunSession session, LikesLog log, Run run, RunContext context) {
        this.session = session;
        this.consumer = session.consumer();
        this.log = log;
        this.run = run;
        this.plan = run.plan();
        this.context = context;
    }

    /** Replaces the assigned partitions. Keeps the records that the consumer has fetched of partitions that stay assigned. */
    void assign(Set<Integer> partitions) {
        Set<TopicPartition> required =
                partitions.stream().map(this::topicPartition).collect(Collectors.toSet());
        if (!consumer.assignment().equals(required)) {
            consumer.assign(required);
        }
    }

    /** Continues an assigned partition at its progress. */
    void seek(Progress progress) {
        leaderEpochs.remove(progress.partition());
        LogSnapshot.seek(consumer, topicPartition(progress.partition()), progress);
        positions.put(progress.partition(), progress.next());
    }

    /**
     * Pulls until the chunk is full, every partition has reached its target, or Kafka stops delivering records of the others.
     *
     * @param partitions the assigned partitions
     * @param span receives links to the traces of the records
     * @throws LogGapException if the log no longer has the next record of a partition
     */
    Chunk pull(Set<Integer> partitions, FoldSpan span) {
        Chunk chunk = new Chunk(context.calendar(), context.hash());
        int recordCount = 0;
        long deadline = System.nanoTime() + context.stallTimeout().toNanos();
        while (recordCount < context.chunkSize()
                && chunk.reportCount() < MAX_REPORTS
                && partitions.stream().anyMatch(partition -> position(partition) < target(partition))) {
            long before = positions(partitions);
            ConsumerRecords<byte[], byte[]> polled = poll();
            for (TopicPartition partition : polled.partitions()) {
                add(polled.records(partition), target(partition.partition()), chunk, span);
            }
            recordCount += polled.count();
            if (positions(partitions) > before) {
                deadline = System.nanoTime() + context.stallTimeout().toNanos();
            } else if (System.nanoTime() > deadline) {
                partitions.stream()
                        .filter(partition -> position(partition) < target(partition))
                        .forEach(stalled::add);
                context.metrics().unreachable(plan.unreachable().size() + stalled.size());
                logger.warn("run {}: partitions {} of {} are stalled and released", run.id(), stalled, log.topic());
                break;
            }
        }
        return chunk;
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL_TIMEOUT);
            polled.nextOffsets().forEach((partition, next) -> positions.put(partition.partition(), next.offset()));
            return polled;
        } catch (OffsetOutOfRangeException e) {
            throw LogGapException.outOfRange(e);
        }
    }

    /** Adds the records of one partition below the target. What is the same for all of them is done once, because it takes as long as a record. */
    private void add(List<ConsumerRecord<byte[], byte[]>> records, long target, Chunk chunk, FoldSpan span) {
        int count = records.size();
        while (count > 0 && records.get(count - 1).offset() >= target) {
            count--;
        }
        if (count == 0) {
            return;
        }
        context.metrics().pulled(count);
        ConsumerRecord<byte[], byte[]> last = records.get(count - 1);
        last.leaderEpoch().ifPresent(epoch -> leaderEpochs.put(last.partition(), epoch));
        for (ConsumerRecord<byte[], byte[]> record : records.subList(0, count)) {
            span.add(record);
            add(record, chunk);
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> record, Chunk chunk) {
        try {
            chunk.add(log.read(record), record.offset());
        } catch (NotALikeEventException e) {
            context.metrics().rejected(e.reason());
            if (e.reason() != Reason.UNKNOWN_TYPE) { // a later release may know the type, so the record is no defect
                Position position = new Position(log.epoch(), record.partition(), record.offset());
                session.deadLetters().add(record, position.toString(), e.getMessage());
            }
        }
    }

    /** Returns whether Kafka has stopped delivering records of the partition. */
    boolean isStalled(int partition) {
        return stalled.contains(partition);
    }

    /** Returns the leader epoch of the record that was pulled last; null if none was pulled since the last {@link #seek}. */
    @Nullable
    Integer leaderEpoch(int partition) {
        return leaderEpochs.get(partition);
    }

    /**
     * Returns the next offset of the partition as of the last poll. The consumer's own method would wait for the leader of a
     * partition that was just assigned.
     */
    long position(int partition) {
        return positions.get(partition);
    }

    private long positions(Set<Integer> partitions) {
        return partitions.stream().mapToLong(this::position).sum();
    }

    private long target(int partition) {
        return plan.target().get(partition);
    }

    private TopicPartition topicPartition(int partition) {
        return new TopicPartition(log.topic(), partition);
    }
}
