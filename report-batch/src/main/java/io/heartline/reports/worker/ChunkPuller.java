package io.heartline.reports.worker;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.events.LikesLog;
import io.heartline.events.NotALikeEventException;
import io.heartline.events.NotALikeEventException.Reason;
import io.heartline.events.Position;
import io.heartline.reports.erasure.ErasureService;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.failure.StalledException;
import io.heartline.reports.progress.LogSnapshot;
import io.heartline.reports.progress.PartitionLeases;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pulls the partitions that this instance has leased, up to the targets of a run. Reports and dead letters are written before
 * progress. So records of an interrupted chunk are pulled again, and the reports that contain them skip them.
 */
final class ChunkPuller {

    // all of them are written before progress: more per chunk cost time when a chunk is repeated, and save none
    private static final int MAX_REPORTS = 20_000;

    private static final Logger logger = LoggerFactory.getLogger(ChunkPuller.class);
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);

    private final RunSession session;
    private final Consumer<byte[], byte[]> consumer;
    private final LikesLog log;
    private final Run run;
    private final RunPlan plan;
    private final RunContext context;
    private final ChunkFolder folder;
    private final PartitionLeases leases;

    private final Map<Integer, Progress> currentProgress = new HashMap<>();
    private final Map<Integer, Integer> leaderEpochs = new HashMap<>();
    private final Map<Integer, Long> positions = new HashMap<>();
    private final Set<Integer> stalled = new HashSet<>();

    /** @param run a planned run */
    ChunkPuller(
            RunSession session,
            LikesLog log,
            Run run,
            RunContext context,
            ErasureService erasures,
            PartitionLeases leases) {
        this.session = session;
        this.consumer = session.consumer();
        this.log = log;
        this.run = run;
        this.plan = run.plan();
        this.context = context;
        this.folder =
                new ChunkFolder(context.reports(), context.progress(), erasures, context.calendar(), context.metrics());
        this.leases = leases;
    }

    /**
     * Folds one more chunk, of partitions that no other instance has leased.
     *
     * @return false if there is none, because all are folded or leased by other instances
     * @throws DifferentSettingsException if the database's settings have been changed
     * @throws LogGapException if progress and the log do not meet
     * @throws StalledException if Kafka delivers no records of any partition that is left
     */
    boolean foldNextChunk(Map<Integer, Progress> progress) {
        List<Progress> lagging = lagging(progress);
        List<Progress> readable = lagging.stream()
                .filter(current -> !stalled.contains(current.partition()))
                .toList();
        if (readable.isEmpty() && !lagging.isEmpty()) {
            throw StalledException.forPartitions(
                    lagging.stream().map(Progress::partition).toList(), context.stallTimeout());
        }
        Map<Integer, Progress> leased = leases.acquire(readable);
        currentProgress.keySet().retainAll(leased.keySet());
        leased.forEach((partition, current) -> {
            Progress previous = currentProgress.put(partition, current);
            if (previous == null || !previous.hasSameOffsets(current) || previous.next() != current.next()) {
                leaderEpochs.remove(partition);
                assign(leased.keySet());
                LogSnapshot.seek(consumer, topicPartition(partition), current);
                positions.put(partition, current.next());
            }
        });
        assign(leased.keySet());
        if (leased.isEmpty()) {
            return false;
        }
        // an operator may have replaced the secret since the last chunk
        await(context.settings().checkOrCreate());
        long unaccountedBefore = context.metrics().unaccounted();
        boolean isFolded = false;
        try {
            FoldSpan span = context.tracing().newSpan();
            Chunk chunk = pull(leased.keySet(), span);
            // a consumer continues at its offset even if the topic was deleted and created anew
            plan.requireSameLog(session.describeLog());
            RunPlan currentPlan =
                    plan.withPublishedAsOf(await(context.progress().all()));
            span.runInSpan(
                    run,
                    () -> folder.apply(
                            chunk,
                            author -> currentProgress.get(log.partitionOf(author)),
                            run,
                            currentPlan,
                            leases::renewIfDue));
            isFolded = true;
        } finally {
            if (!isFolded) {
                context.metrics().abandoned(context.metrics().unaccounted() - unaccountedBefore);
            }
        }
        session.deadLetters().flush();
        List.copyOf(leased.keySet()).forEach(this::advance);
        leased.keySet().stream().filter(stalled::contains).forEach(leases::release);
        return true;
    }

    private List<Progress> lagging(Map<Integer, Progress> progress) {
        return progress.values().stream()
                .filter(current -> current.next() < end(current.partition()))
                .toList();
    }

    /** Keeps the records that the consumer has fetched of partitions that stay assigned. */
    private void assign(Set<Integer> partitions) {
        Set<TopicPartition> required =
                partitions.stream().map(this::topicPartition).collect(Collectors.toSet());
        if (!consumer.assignment().equals(required)) {
            consumer.assign(required);
        }
    }

    /** Reads until a chunk is full, every partition has reached its target, or Kafka stops delivering records of the others. */
    private Chunk pull(Set<Integer> partitions, FoldSpan span) {
        Chunk chunk = new Chunk(context.calendar(), context.hash());
        int recordCount = 0;
        long deadline = System.nanoTime() + context.stallTimeout().toNanos();
        while (recordCount < context.chunkSize()
                && chunk.reportCount() < MAX_REPORTS
                && partitions.stream().anyMatch(partition -> position(partition) < end(partition))) {
            long before = positions(partitions);
            ConsumerRecords<byte[], byte[]> polled = poll();
            for (ConsumerRecord<byte[], byte[]> record : polled) {
                if (record.offset() < end(record.partition())) {
                    span.add(record);
                    add(record, chunk);
                }
            }
            recordCount += polled.count();
            if (positions(partitions) > before) {
                deadline = System.nanoTime() + context.stallTimeout().toNanos();
            } else if (System.nanoTime() > deadline) {
                partitions.stream()
                        .filter(partition -> position(partition) < end(partition))
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

    private void add(ConsumerRecord<byte[], byte[]> record, Chunk chunk) {
        context.metrics().pulled();
        record.leaderEpoch().ifPresent(epoch -> leaderEpochs.put(record.partition(), epoch));
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

    private void advance(int partition) {
        Progress from = currentProgress.get(partition);
        long next = Math.min(position(partition), end(partition));
        if (next == from.next()) {
            return;
        }
        // in one write: readers must not see the target reached without the promise of asOf
        boolean isAtEnd = next == end(partition);
        Progress to = from.advancedTo(
                next,
                leaderEpochs.get(partition),
                isAtEnd && plan.isStable(partition) ? plan.startedAt() : null,
                isAtEnd ? plan.unstable(partition) : null);
        if (await(context.progress().advance(from, to))) {
            currentProgress.put(partition, to);
        } else {
            currentProgress.remove(partition); // another instance has folded the records
        }
        if (isAtEnd) {
            leases.release(partition);
        }
    }

    private long end(int partition) {
        return plan.target().get(partition);
    }

    /** Returns the position as of the last poll. The consumer itself would wait for the leader of a partition just assigned. */
    private long position(int partition) {
        return positions.get(partition);
    }

    private long positions(Set<Integer> partitions) {
        return partitions.stream().mapToLong(this::position).sum();
    }

    private TopicPartition topicPartition(int partition) {
        return new TopicPartition(log.topic(), partition);
    }
}
