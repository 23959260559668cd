package io.heartline.gateway.kafka;

import io.heartline.events.LikesLog;
import io.heartline.gateway.stream.TaskErrors;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The thread that reads the end of every partition without a consumer group, so each instance reads every record. A new
 * instance reads the last records of each partition first. Clients that reconnect from an instance that has stopped then find
 * the records that they missed in memory.
 */
public final class TopicTailer implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(TopicTailer.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PRELOAD_POLL = Duration.ofMillis(50);
    private static final Duration LAG_INTERVAL = Duration.ofMillis(250);

    private final Supplier<CompletionStage<LikesLog>> describe;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Supplier<Consumer<byte[], byte[]>> probes;
    private final Fanout fanout;
    private final GatewayMetrics metrics;
    private final TailSettings settings;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final SkippedOffsets skipped;
    private volatile TailConsumer currentConsumer;
    private volatile Thread thread;
    private String lastError;
    private int initialPartitions;

    /**
     * Creates the thread's task. It reads after {@link #start}.
     *
     * @param describe describes the topic without blocking; fails with a {@link KafkaException}
     * @param consumers creates a consumer that reads all partitions
     * @param probes creates a consumer that searches for undecodable records
     * @param fanout receives the records
     */
    TopicTailer(
            Supplier<CompletionStage<LikesLog>> describe,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Consumer<byte[], byte[]>> probes,
            Fanout fanout,
            GatewayMetrics metrics,
            TailSettings settings) {
        this.describe = describe;
        this.consumers = consumers;
        this.probes = probes;
        skipped = new SkippedOffsets(metrics);
        this.fanout = fanout;
        this.metrics = metrics;
        this.settings = settings;
    }

    @Override
    public void start() {
        thread = new Thread(this::run, "log-tail");
        thread.start();
    }

    private void run() {
        try {
            while (!isStopping()) {
                try {
                    tail(describe());
                } catch (WakeupException e) {
                    return;
                } catch (PartitionsChangedException e) {
                    logger.error(e.getMessage());
                    fanout.failPermanently(e.getMessage());
                    return;
                } catch (KafkaException e) {
                    logOnce(e);
                } catch (RuntimeException | Error e) {
                    // a defect, or no memory: the thread continues, because no other thread reads the topic
                    TaskErrors.log(logger, "reading the topic failed", e);
                } finally {
                    currentConsumer = null;
                    close();
                }
                stopping.await(settings.retryInterval().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void close() {
        try {
            fanout.deactivate();
        } catch (RuntimeException | Error e) { // new clients are refused nevertheless
            TaskErrors.log(logger, "connections could not be closed", e);
        }
    }

    private LikesLog describe() throws InterruptedException {
        return get(describeAsync());
    }

    private CompletableFuture<LikesLog> describeAsync() {
        return describe.get().toCompletableFuture();
    }

    private static LikesLog get(CompletableFuture<LikesLog> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private void tail(LikesLog log) throws InterruptedException {
        checkPartitionCount(log);
        skipped.startLog(log.epoch());
        try (TailConsumer consumer =
                new TailConsumer(log, consumers, probes, fanout, skipped, settings.retryInterval())) {
            currentConsumer = consumer;
            if (isStopping()) {
                return;
            }
            Map<Integer, Long> from = consumer.seekBeforeEnds(settings.preloadRecords());
            CompletableFuture<LikesLog> found = describeAsync();
            fanout.prepare(log, from);
            while (!found.isDone() || !consumer.hasReachedEnds()) {
                if (isStopping()) {
                    return;
                }
                read(consumer, log, PRELOAD_POLL);
            }
            checkSameTopic(log, get(found)); // otherwise the records may be of another log
            fanout.activate();
            lastError = null;
            logger.info("following {} partitions of {} (epoch {})", log.partitions(), log.topic(), log.epoch());
            found = null;
            long askedAt = System.nanoTime();
            long lagAt = askedAt;
            while (!isStopping()) {
                read(consumer, log, POLL);
                long now = System.nanoTime();
                if (now - lagAt >= LAG_INTERVAL.toNanos()) { // the lag needs a call for each partition
                    lagAt = now;
                    metrics.records().lag(consumer.lag());
                }
                if (found == null
                        && now - askedAt > settings.topicCheckInterval().toNanos()) {
                    askedAt = now;
                    found = describeAsync();
                } else if (found != null && found.isDone()) {
                    if (!found.isCompletedExceptionally()) { // if it failed, Kafka is down, and the next poll fails too
                        checkSameTopic(log, found.join());
                    }
                    found = null;
                }
            }
        }
    }

    private void read(TailConsumer consumer, LikesLog log, Duration timeout) throws InterruptedException {
        try {
            consumer.poll(timeout);
        } catch (OffsetOutOfRangeException e) {
            checkSameTopic(log, describe()); // a recreated topic has the same symptom
            consumer.restart(e);
        }
        if (consumer.isSuspended()) {
            stopping.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Throws if the topic was recreated. Kafka's consumer continues in the new topic without an error if the new topic has its
     * offsets.
     */
    private void checkSameTopic(LikesLog log, LikesLog found) {
        checkPartitionCount(found);
        if (!found.id().equals(log.id())) {
            throw new InvalidTopicException("topic " + log.topic() + " was recreated: its epoch changed from "
                    + log.epoch() + " to " + found.epoch());
        }
    }

    /**
     * Throws if the number of partitions has changed. Keys then map to other partitions, so an author's events are neither in one
     * partition nor in order.
     */
    private void checkPartitionCount(LikesLog log) {
        if (initialPartitions == 0) {
            initialPartitions = log.partitions();
        } else if (log.partitions() != initialPartitions) {
            throw new PartitionsChangedException(log.topic(), initialPartitions, log.partitions());
        }
    }

    /** Fatal: retrying cannot help. */
    private static final class PartitionsChangedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        PartitionsChangedException(String topic, int before, int now) {
            super("topic " + topic + " changed from " + before + " to " + now
                    + " partitions, so keys map to other partitions. Reading stopped. Create a new topic and set"
                    + " heartline.gateway.topic to it.");
        }
    }

    /** Logs an error unless it equals the last one, because a retry while Kafka is down fails the same way every second. */
    private void logOnce(KafkaException e) {
        if (!e.toString().equals(lastError)) {
            lastError = e.toString();
            logger.warn(
                    "cannot read the topic, retrying every {} ms: {}",
                    settings.retryInterval().toMillis(),
                    lastError);
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    @Override
    public void stop() {
        stopping.countDown();
        TailConsumer reading = currentConsumer;
        if (reading == null) {
            thread.interrupt(); // it waits for the topic's description, or for the next retry
        } else {
            reading.wakeup();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Returns whether the thread has ended although it was neither stopped nor failed permanently. Any thread may call.
     *
     * @return true if only a restart of the process helps
     */
    public boolean hasDied() {
        return thread != null && !thread.isAlive() && !isStopping() && fanout.fatalReason() == null;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 1; // stops after the ticker, which closes all connections
    }

    @Override
    public boolean isRunning() {
        return thread != null && thread.isAlive();
    }
}
