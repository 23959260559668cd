package io.heartline.reports.live;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikesLog;
import io.heartline.reports.kafka.HighWatermarkLookup;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that follows the partitions of the watched authors, and sends events to their clients. Other threads give it tasks, so it is
 * the only thread that uses {@link LiveAuthors}. Without watched authors it has no consumer.
 */
final class LiveTail implements Runnable {

    private static final Logger logger = LoggerFactory.getLogger(LiveTail.class);
    private static final long TICK_NANOS = Duration.ofMillis(500).toNanos();
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

    private final LiveAuthors authors;
    private final LogEndChecks checks;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean isClosed;

    private final Map<Integer, CatchUp.Reached> positions = new HashMap<>(); // of the partitions that are followed
    private @Nullable LikesLog log; // that the positions are of
    private long nextTick = System.nanoTime();
    private boolean isFailing;

    /** @param consumers creates a consumer that reads committed records */
    LiveTail(LiveAuthors authors, LogEndChecks checks, Supplier<Consumer<byte[], byte[]>> consumers) {
        this.authors = authors;
        this.checks = checks;
        this.consumers = consumers;
    }

    /** Executes a task on the tail's thread, soon. */
    void execute(Runnable task) {
        tasks.add(task);
        Consumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
        }
    }

    /**
     * Executes a task on the tail's thread, and waits for its result.
     *
     * @throws java.util.concurrent.CompletionException if the task fails, or is not executed in time
     */
    <T> T call(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, this::execute)
                .orTimeout(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** Lets the next thread run until {@link #close}. */
    void open() {
        isClosed = false;
    }

    /** Ends all streams and the thread. */
    void close() {
        isClosed = true;
        execute(() -> {});
    }

    @Override
    public void run() {
        try {
            while (!isClosed) {
                turn();
            }
            runTasks(); // otherwise clients that have just connected would wait until the server gives them up
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            authors.endAll();
            stopFollowing();
        }
    }

    private void turn() throws InterruptedException {
        try {
            runTasks();
            long now = System.nanoTime();
            if (now - nextTick >= 0) {
                unfollowUnwatched();
                authors.tick(partition -> checks.staleSince(partition, now), now);
                nextTick = now + TICK_NANOS;
            }
            long wait = Math.min(authors.publish(now), Math.max(0, nextTick - now));
            if (positions.isEmpty()) {
                awaitTask(wait);
            } else {
                poll(Duration.ofNanos(wait));
            }
        } catch (WakeupException e) {
            // there is a task
        } catch (OffsetOutOfRangeException e) {
            Set<TopicPartition> lost = e.offsetOutOfRangePartitions().keySet();
            logger.warn("live reports of {} stop: {}", lost, e.getMessage());
            lost.forEach(partition -> positions.remove(partition.partition()));
            assign();
        } catch (KafkaException e) {
            if (!isFailing) {
                logger.warn("live reports are interrupted: {}", e.toString());
                isFailing = true;
            }
            closeConsumer();
            pause();
        } catch (RuntimeException | Error e) { // OutOfMemoryError, for example
            logger.error("all live reports end, because one of them may have folded a part of a record", e);
            authors.endAll();
            stopFollowing();
            pause();
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Waits before the next attempt. If the next task fails, too, the thread must not end. */
    private void pause() throws InterruptedException {
        try {
            awaitTask(RETRY_DELAY.toNanos());
        } catch (RuntimeException | Error e) {
            logger.warn("a task of live reports has failed", e);
        }
    }

    private void awaitTask(long nanos) throws InterruptedException {
        Runnable task = tasks.poll(nanos, TimeUnit.NANOSECONDS);
        if (task != null) {
            task.run();
        }
    }

    private void poll(Duration timeout) {
        if (consumer == null) {
            consumer = consumers.get();
            assign();
        }
        ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
        isFailing = false;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.key() != null && authors.isLoaded(new String(record.key(), StandardCharsets.UTF_8))) {
                LikeEvent event = CatchUp.read(log, record);
                if (event != null) {
                    authors.fold(event, record.offset());
                }
            }
        }
        records.nextOffsets().forEach((partition, next) -> {
            positions.put(
                    partition.partition(),
                    new CatchUp.Reached(next.offset(), next.leaderEpoch().orElse(null)));
            authors.advance(partition.partition(), next.offset());
            checks.advance(partition.partition(), next.offset());
        });
    }

    /** Takes over loaded states, and follows their partitions from where the states end. */
    void admit(Admission admission) {
        if (!admission.log().equals(log)) {
            stopFollowing();
            log = admission.log();
        }
        boolean isNewPartition = false;
        for (Map.Entry<Integer, CatchUp.Reached> entry : admission.reached().entrySet()) {
            int partition = entry.getKey();
            CatchUp.Reached start = entry.getValue();
            CatchUp.Reached position = positions.get(partition);
            if (position == null) {
                positions.put(partition, start);
                authors.advance(partition, start.offset());
                checks.caughtUp(partition, admission.asOf(), admission.nanos());
                isNewPartition = true;
            } else if (position.offset() > start.offset()) {
                positions.put(partition, start);
                authors.rewind(partition, start.offset());
                seek(partition);
            }
        }
        admission.states().forEach(state -> authors.admit(state, admission.replaces()));
        if (isNewPartition) {
            assign();
        }
    }

    /** Takes over Kafka's answer about the ends of the partitions. */
    void logEnds(HighWatermarkLookup.Snapshot answer, Instant asOf, long nanos) {
        if (log == null) {
            return;
        }
        if (!answer.epoch().equals(log.epoch()) && !positions.isEmpty()) {
            logger.warn("{} is another log now, so live reports stop until an operator accepts it", log.topic());
            stopFollowing();
            return;
        }
        Map<Integer, Long> offsets = new HashMap<>();
        positions.forEach((partition, position) -> offsets.put(partition, position.offset()));
        checks.answer(answer, offsets, asOf, nanos);
    }

    /** Returns the partitions of loaded authors that are not followed, because the log no longer has their next records. */
    Set<Integer> lostPartitions() {
        Set<Integer> lost = new HashSet<>(authors.partitions());
        lost.removeAll(positions.keySet());
        return lost;
    }

    /** Returns the partitions that are followed. */
    Set<Integer> followedPartitions() {
        return Set.copyOf(positions.keySet());
    }

    private void unfollowUnwatched() {
        Set<Integer> watched = authors.partitions();
        if (positions.keySet().retainAll(watched)) {
            checks.retain(watched);
            if (positions.isEmpty()) {
                closeConsumer();
            } else {
                assign();
            }
        }
    }

    private void stopFollowing() {
        positions.clear();
        closeConsumer();
    }

    /** Assigns the followed partitions. A partition that was assigned before keeps its offset and its fetched records. */
    private void assign() {
        if (consumer == null) {
            return;
        }
        Set<TopicPartition> before = consumer.assignment();
        consumer.assign(positions.keySet().stream().map(this::topicPartition).toList());
        positions.keySet().stream()
                .filter(partition -> !before.contains(topicPartition(partition)))
                .forEach(this::seek);
    }

    private void seek(int partition) {
        CatchUp.Reached position = positions.get(partition);
        if (consumer != null && consumer.assignment().contains(topicPartition(partition))) {
            consumer.seek(
                    topicPartition(partition),
                    new OffsetAndMetadata(position.offset(), Optional.ofNullable(position.leaderEpoch()), ""));
        }
    }

    private TopicPartition topicPartition(int partition) {
        return new TopicPartition(log.topic(), partition);
    }

    private void closeConsumer() {
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            consumer = null;
        }
    }
}
