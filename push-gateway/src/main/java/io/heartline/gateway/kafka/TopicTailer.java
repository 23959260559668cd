package io.heartline.gateway.kafka;

import io.heartline.events.LikesLog;
import io.heartline.gateway.stream.TaskErrors;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Reads the end of every partition without a consumer group, so each instance reads every record. It divides the partitions among
 * {@link Tail}s, and replaces all of them if the topic is another log. Its own thread checks the topic.
 */
public final class TopicTailer implements SmartLifecycle {

    private static final Logger logger = LoggerFactory.getLogger(TopicTailer.class);

    private final TailClients clients;
    private final Fanout fanout;
    private final GatewayMetrics metrics;
    private final TailSettings settings;
    private final SkippedOffsets skipped;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile List<Tail> tails = List.of();
    private volatile Thread thread;
    private String lastError;
    private int initialPartitions;

    /**
     * Creates the thread's task. It reads after {@link #start}.
     *
     * @param fanout receives the records
     */
    TopicTailer(TailClients clients, Fanout fanout, GatewayMetrics metrics, TailSettings settings) {
        this.clients = clients;
        this.fanout = fanout;
        this.metrics = metrics;
        this.settings = settings;
        skipped = new SkippedOffsets(metrics);
    }

    @Override
    public void start() {
        thread = new Thread(this::run, "topic-check");
        thread.start();
    }

    private void run() {
        try {
            while (!isStopping()) {
                try {
                    follow(TailClients.get(clients.describeTopic()));
                } catch (PartitionsChangedException e) {
                    logger.error(e.getMessage());
                    fanout.failPermanently(e.getMessage());
                    return;
                } catch (KafkaException e) {
                    logOnce(e.toString());
                } catch (RuntimeException | Error e) {
                    // a defect, or no memory: the thread continues, because no other thread starts the tails
                    TaskErrors.log(logger, "reading the topic failed", e);
                } finally {
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

    /** Reads a log until this instance stops or the topic is another log. */
    private void follow(LikesLog log) throws InterruptedException {
        checkPartitionCount(log);
        skipped.startLog(log.epoch());
        fanout.prepare(log);
        TopicCheck topic = new TopicCheck(log);
        List<List<TopicPartition>> groups = Tail.divide(log, settings.tails());
        List<Tail> all = IntStream.range(0, groups.size())
                .mapToObj(number -> new Tail(
                        number, groups.get(number), topic, clients, fanout, skipped, settings, this::reportLag))
                .toList();
        tails = all;
        LikesLog other;
        try {
            all.forEach(Tail::start);
            other = readUntilChanged(log, topic, all);
        } finally {
            close(); // before the threads have ended, which may take a while
            all.forEach(Tail::stop);
            for (Tail tail : all) {
                tail.join();
            }
        }
        checkPartitionCount(other);
        logOnce("topic " + log.topic() + " was recreated: its epoch changed from " + log.epoch() + " to "
                + other.epoch());
    }

    /** Accepts clients after all partitions were read up to their ends. Returns the topic that differs from the log. */
    private LikesLog readUntilChanged(LikesLog log, TopicCheck topic, List<Tail> all) throws InterruptedException {
        CompletableFuture<LikesLog> changed = topic.changed();
        CompletableFuture<Void> ready =
                CompletableFuture.allOf(all.stream().map(Tail::ready).toArray(CompletableFuture[]::new));
        awaitAndCheck(CompletableFuture.anyOf(ready, changed), topic);
        if (!changed.isDone()) {
            fanout.activate();
            lastError = null;
            logger.info(
                    "following {} partitions of {} (epoch {}), tails: {}",
                    log.partitions(),
                    log.topic(),
                    log.epoch(),
                    all.size());
        }
        awaitAndCheck(changed, topic);
        return changed.join();
    }

    /** Waits for an event, and checks the topic at an interval meanwhile. */
    private void awaitAndCheck(CompletableFuture<?> event, TopicCheck topic) throws InterruptedException {
        while (!event.isDone()) {
            try {
                event.get(settings.topicCheckInterval().toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e); // no event fails
            } catch (TimeoutException due) {
                try {
                    topic.compare(TailClients.get(clients.describeTopic()));
                } catch (TopicCheck.TopicChangedException e) {
                    return; // the caller asks for the change
                } catch (RuntimeException e) {
                    logger.debug("the topic was not checked", e); // if Kafka is down, the tails notice it, too
                }
            }
        }
    }

    private void reportLag() {
        metrics.records().lag(tails.stream().mapToLong(Tail::lag).sum());
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
    private void logOnce(String error) {
        if (!error.equals(lastError)) {
            lastError = error;
            logger.warn(
                    "cannot read the topic, retrying every {} ms: {}",
                    settings.retryInterval().toMillis(),
                    error);
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    @Override
    public void stop() {
        stopping.countDown();
        thread.interrupt(); // it stops the tails
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Returns the thread that has ended although it was neither stopped nor failed permanently. Any thread may call.
     *
     * @return the name of the thread, if only a restart of the process helps; otherwise null
     */
    public @Nullable String endedThread() {
        if (isStopping() || thread == null || fanout.fatalReason() != null) {
            return null;
        }
        if (!thread.isAlive()) {
            return thread.getName();
        }
        return tails.stream()
                .filter(Tail::hasDied)
                .findFirst()
                .map(Tail::threadName)
                .orElse(null);
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
