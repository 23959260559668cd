package io.heartline.gateway.kafka;

import io.heartline.events.LikesLog;
import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.TaskErrors;
import io.heartline.gateway.stream.fanout.Fanout;
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
 * The thread that reads the end of the log, every partition of it and in no consumer group: each instance sees every
 * record. A new one reads the last records of each first, so that readers who come over from an instance that has gone
 * find in memory what they missed on the way.
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
     * @param probes consumers to search for undecodable records with
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
                    // a defect of ours, or no buffer to be had; to stop reading for good would be a second one
                    TaskErrors.log(logger, "reading the log broke", e);
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
        } catch (RuntimeException | Error e) { // no reader is let in all the same
            TaskErrors.log(logger, "readers could not be sent away", e);
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
            checkSameTopic(log, get(found)); // or what was read is another one's
            fanout.activate();
            lastError = null;
            logger.info("following {} partitions of {} (epoch {})", log.partitions(), log.topic(), log.epoch());
            found = null;
            long askedAt = System.nanoTime();
            long lagAt = askedAt;
            while (!isStopping()) {
                read(consumer, log, POLL);
                long now = System.nanoTime();
                if (now - lagAt >= LAG_INTERVAL.toNanos()) { // it asks for every partition
                    lagAt = now;
                    metrics.lag(consumer.lag());
                }
                if (found == null
                        && now - askedAt > settings.topicCheckInterval().toNanos()) {
                    askedAt = now;
                    found = describeAsync();
                } else if (found != null && found.isDone()) {
                    if (!found.isCompletedExceptionally()) { // if Kafka is away, so are the records
                        checkSameTopic(log, found.join());
                    }
                    found = null;
                }
            }
        }
    }

    private void read(TailConsumer consumer, LikesLog log, Duration timeout) throws InterruptedException {
        try {
            fanout.accept(consumer.poll(timeout));
        } catch (OffsetOutOfRangeException e) {
            checkSameTopic(log, describe()); // a topic that was created again looks the same
            consumer.restart(e);
        }
        if (consumer.isSuspended()) {
            stopping.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Kafka's consumer goes on by itself in another topic of the same name, if its positions happen to be some there, and
     * says nothing.
     */
    private void checkSameTopic(LikesLog log, LikesLog found) {
        checkPartitionCount(found);
        if (!found.id().equals(log.id())) {
            throw new InvalidTopicException("topic " + log.topic() + " was created again: it is another log (epoch "
                    + found.epoch() + ") than the one that was followed (epoch " + log.epoch() + ")");
        }
    }

    /** With another count, keys are in other partitions, and an author's events are no longer in one nor in order. */
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
            super("topic " + topic + " had " + before + " partitions and has " + now
                    + " now, which puts authors in other"
                    + " partitions than their earlier likes: nothing is read any more. More partitions are a new topic;"
                    + " restart with heartline.gateway.topic set to one");
        }
    }

    /** Not every second for as long as Kafka is down. */
    private void logOnce(KafkaException e) {
        if (!e.toString().equals(lastError)) {
            lastError = e.toString();
            logger.warn(
                    "the log cannot be read, trying again every {} ms: {}",
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
            thread.interrupt(); // it waits to be told of the log, which may take Kafka a minute
        } else {
            reading.wakeup();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the thread has ended although it was not stopped and has not given up. */
    public boolean hasDied() {
        return thread != null && !thread.isAlive() && !isStopping() && fanout.fatalReason() == null;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE - 1; // stops once everybody has been sent away
    }

    @Override
    public boolean isRunning() {
        return thread != null && thread.isAlive();
    }
}
