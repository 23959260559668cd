package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;

import io.heartline.events.LikesLog;
import io.heartline.events.NotALikeEventException;
import io.heartline.events.NotALikeEventException.Reason;
import io.heartline.events.Position;
import io.heartline.reports.DifferentSettingsException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pulls the partitions that this instance has leased up to the end offsets of a run. Reports and dead letters are written
 * first and progress after them, so that what a crash leaves behind is pulled again and skipped by the reports that have it.
 */
final class Pull {

    // so many have to be written before progress is: more of them per chunk cost time to repeat, and save none
    private static final int MOST_REPORTS = 20_000;

    private static final Logger logger = LoggerFactory.getLogger(Pull.class);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final Supplier<LikesLog> describe;
    private final LikesLog log;
    private final Run run;
    private final Job.Tools tools;
    private final Fold fold;
    private final DeadLetters deadLetters;
    private final Leases leases;

    private final Map<Integer, Progress> reached = new HashMap<>();
    private final Map<Integer, Integer> leaderEpochs = new HashMap<>();
    private final Map<Integer, Long> positions = new HashMap<>();
    private final Set<Integer> stalled = new HashSet<>();

    /** @param describe asks Kafka whether the topic is still the same log */
    Pull(
            Consumer<byte[], byte[]> consumer,
            Supplier<LikesLog> describe,
            LikesLog log,
            Run run,
            Job.Tools tools,
            DeadLetters deadLetters,
            Erasures erasures,
            Leases leases) {
        this.consumer = consumer;
        this.describe = describe;
        this.log = log;
        this.run = run;
        this.tools = tools;
        this.fold = new Fold(tools.reports(), tools.progress(), erasures, tools.calendar(), tools.metrics());
        this.deadLetters = deadLetters;
        this.leases = leases;
    }

    /**
     * Folds one chunk more, of partitions that others have not.
     *
     * @return false if there was none to be had: they are all folded, or others are at them
     * @throws DifferentSettingsException if the database's settings have been changed
     * @throws LogGapException if progress and the log do not meet
     * @throws StalledException if nothing is left but partitions that Kafka delivers nothing of
     */
    boolean chunk(Map<Integer, Progress> progress) {
        List<Progress> behind = behind(progress);
        List<Progress> readable =
                behind.stream().filter(at -> !stalled.contains(at.partition())).toList();
        if (readable.isEmpty() && !behind.isEmpty()) {
            throw StalledException.of(behind.stream().map(Progress::partition).toList(), tools.stall());
        }
        Map<Integer, Progress> mine = leases.take(readable);
        reached.keySet().retainAll(mine.keySet());
        mine.forEach((partition, at) -> {
            Progress ours = reached.put(partition, at);
            if (ours == null || !ours.isOf(at) || ours.next() != at.next()) {
                leaderEpochs.remove(partition);
                assign(mine.keySet());
                Survey.seek(consumer, topicPartition(partition), at);
                positions.put(partition, at.next());
            }
        });
        assign(mine.keySet());
        if (mine.isEmpty()) {
            return false;
        }
        // an operator may have accepted another secret since the last chunk
        await(tools.settings().check());
        long open = tools.metrics().open();
        boolean isFolded = false;
        try {
            FoldTrace trace = tools.traces().chunk();
            Chunk chunk = pull(mine.keySet(), trace);
            // a consumer that was told to go on at offset 1000 does so in whatever has the topic's name by now
            run.checkLog(describe.get());
            Run asRead = run.readBy(await(tools.progress().all()));
            trace.around(
                    run, () -> fold.apply(chunk, author -> reached.get(log.partitionOf(author)), asRead, leases::keep));
            isFolded = true;
        } finally {
            if (!isFolded) {
                tools.metrics().abandoned(tools.metrics().open() - open);
            }
        }
        deadLetters.flush();
        List.copyOf(mine.keySet()).forEach(this::advance);
        mine.keySet().stream().filter(stalled::contains).forEach(leases::release);
        return true;
    }

    private List<Progress> behind(Map<Integer, Progress> progress) {
        return progress.values().stream()
                .filter(at -> at.next() < end(at.partition()))
                .toList();
    }

    /** The consumer keeps what it has fetched of partitions that stay. */
    private void assign(Set<Integer> partitions) {
        Set<TopicPartition> wanted =
                partitions.stream().map(this::topicPartition).collect(Collectors.toSet());
        if (!consumer.assignment().equals(wanted)) {
            consumer.assign(wanted);
        }
    }

    /** Reads until a chunk is full, every partition has reached its end, or Kafka delivers nothing of those that have not. */
    private Chunk pull(Set<Integer> partitions, FoldTrace trace) {
        Chunk chunk = new Chunk(tools.calendar(), tools.hash());
        int size = 0;
        long deadline = System.nanoTime() + tools.stall().toNanos();
        while (size < tools.chunkSize()
                && chunk.reports() < MOST_REPORTS
                && partitions.stream().anyMatch(p -> position(p) < end(p))) {
            long before = positions(partitions);
            ConsumerRecords<byte[], byte[]> polled = poll();
            for (ConsumerRecord<byte[], byte[]> record : polled) {
                if (record.offset() < end(record.partition())) {
                    trace.add(record);
                    add(record, chunk);
                }
            }
            size += polled.count();
            if (positions(partitions) > before) {
                deadline = System.nanoTime() + tools.stall().toNanos();
            } else if (System.nanoTime() > deadline) {
                partitions.stream().filter(p -> position(p) < end(p)).forEach(stalled::add);
                tools.metrics().unreachable(run.unreachable().size() + stalled.size());
                logger.warn("run {}: partitions {} of {} stall, and are released", run.id(), stalled, log.topic());
                break;
            }
        }
        return chunk;
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
            polled.nextOffsets().forEach((partition, next) -> positions.put(partition.partition(), next.offset()));
            return polled;
        } catch (OffsetOutOfRangeException e) {
            throw LogGapException.rewritten(e);
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> record, Chunk chunk) {
        tools.metrics().pulled();
        record.leaderEpoch().ifPresent(epoch -> leaderEpochs.put(record.partition(), epoch));
        try {
            chunk.add(log.read(record), record.offset());
        } catch (NotALikeEventException e) {
            tools.metrics().notALike(e.reason());
            if (e.reason() != Reason.UNKNOWN_TYPE) { // a later release may know the type, so the record is no defect
                Position position = new Position(log.epoch(), record.partition(), record.offset());
                deadLetters.add(record, position.toString(), e.getMessage());
            }
        }
    }

    private void advance(int partition) {
        Progress from = reached.get(partition);
        long next = Math.min(position(partition), end(partition));
        if (next == from.next()) {
            return;
        }
        // in one write: a run that has arrived must not be seen without what it promises
        boolean isAtEnd = next == end(partition);
        Progress to = from.upTo(
                next,
                leaderEpochs.get(partition),
                isAtEnd && run.isStable(partition) ? run.startedAt() : null,
                isAtEnd ? run.unstable(partition) : null);
        if (await(tools.progress().advance(from, to))) {
            reached.put(partition, to);
        } else {
            reached.remove(partition); // another instance is at it: its records are in the reports
        }
        if (isAtEnd) {
            leases.release(partition);
        }
    }

    private long end(int partition) {
        return run.target().get(partition);
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
