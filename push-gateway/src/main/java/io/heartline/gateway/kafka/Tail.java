package io.heartline.gateway.kafka;

import io.heartline.events.LikesLog;
import io.heartline.gateway.stream.TaskErrors;
import io.heartline.gateway.stream.fanout.Fanout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that reads the end of some partitions. If it cannot read them, it refuses their clients and tries again after a pause. The
 * other tails continue meanwhile. It reads the last records of each partition first. Clients that reconnect from an instance that has
 * stopped then find the records that they missed in memory.
 */
final class Tail {

    private static final Logger logger = LoggerFactory.getLogger(Tail.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PRELOAD_POLL = Duration.ofMillis(50);
    private static final Duration LAG_INTERVAL = Duration.ofMillis(250);

    private final int number;
    private final List<TopicPartition> partitions;
    private final TopicCheck topic;
    private final TailClients clients;
    private final Fanout fanout;
    private final SkippedOffsets skipped;
    private final TailSettings settings;
    private final Runnable onLag;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile TailConsumer currentConsumer;
    private volatile long lag;
    private String lastError;

    /**
     * Creates a tail. It reads after {@link #start}.
     *
     * @param number the number of this tail, from 0
     * @param partitions the partitions that it reads, at least one
     * @param topic checks that the topic is still the log of these partitions
     * @param fanout receives the records; it has prepared the log
     * @param onLag called when the lag may have changed
     */
    Tail(
            int number,
            List<TopicPartition> partitions,
            TopicCheck topic,
            TailClients clients,
            Fanout fanout,
            SkippedOffsets skipped,
            TailSettings settings,
            Runnable onLag) {
        this.number = number;
        this.partitions = partitions;
        this.topic = topic;
        this.clients = clients;
        this.fanout = fanout;
        this.skipped = skipped;
        this.settings = settings;
        this.onLag = onLag;
        thread = new Thread(this::run, "log-tail-" + number);
    }

    /**
     * Divides the partitions of a log among tails: partition p belongs to tail p modulo the number of tails.
     *
     * @param maxTails the maximum number of tails; at least 1
     * @return the partitions of each tail, at least one for each
     */
    static List<List<TopicPartition>> divide(LikesLog log, int maxTails) {
        int count = Math.min(maxTails, log.partitions());
        return IntStream.range(0, count)
                .mapToObj(tail -> Stream.iterate(tail, p -> p < log.partitions(), p -> p + count)
                        .map(partition -> new TopicPartition(log.topic(), partition))
                        .toList())
                .toList();
    }

    void start() {
        thread.start();
    }

    /** Returns a future that completes when the partitions were read up to their ends for the first time. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** Returns the number of records on the partitions that were not read when they were last counted. */
    long lag() {
        return lag;
    }

    private void run() {
        try {
            while (!isStopping()) {
                try {
                    read();
                } catch (WakeupException | TopicCheck.TopicChangedException e) {
                    return; // stopped, or about to be stopped
                } catch (KafkaException e) {
                    logOnce(e);
                } catch (RuntimeException | Error e) {
                    // a defect, or no memory: the thread continues, because no other thread reads these partitions
                    TaskErrors.log(logger, "reading partitions " + numbers() + " failed", e);
                }
                stopping.await(settings.retryInterval().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() throws InterruptedException {
        try (TailConsumer consumer = new TailConsumer(
                partitions,
                () -> clients.consumers().apply(number),
                clients.probes(),
                fanout,
                skipped,
                settings.retryInterval())) {
            currentConsumer = consumer;
            try {
                readFromPreload(consumer);
            } finally {
                currentConsumer = null;
                partitions.forEach(this::suspend); // before the consumer is closed, which may take a while
            }
        }
    }

    private void readFromPreload(TailConsumer consumer) throws InterruptedException {
        if (isStopping()) {
            return;
        }
        consumer.seekBeforeEnds(settings.preloadRecords());
        CompletableFuture<LikesLog> found = clients.describeTopic();
        while (!found.isDone() || !consumer.hasReachedEnds()) {
            if (isStopping()) {
                return;
            }
            poll(consumer, PRELOAD_POLL);
        }
        topic.compare(TailClients.get(found)); // otherwise the records may be of another log
        lastError = null;
        if (ready.isDone()) {
            logger.info("following partitions {} again", numbers());
        }
        consumer.acceptClients();
        ready.complete(null);
        long lagAt = System.nanoTime();
        while (!isStopping()) {
            poll(consumer, POLL);
            long now = System.nanoTime();
            if (now - lagAt >= LAG_INTERVAL.toNanos()) { // the lag needs a call for each partition
                lagAt = now;
                lag = consumer.lag();
                onLag.run();
            }
        }
    }

    private void poll(TailConsumer consumer, Duration timeout) throws InterruptedException {
        try {
            consumer.poll(timeout);
        } catch (OffsetOutOfRangeException e) {
            topic.compare(TailClients.get(clients.describeTopic())); // a recreated topic has the same symptom
            consumer.restart(e);
        }
        if (consumer.isSuspended()) {
            stopping.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void suspend(TopicPartition partition) {
        try {
            fanout.suspend(partition.partition());
        } catch (RuntimeException | Error e) { // new clients are refused nevertheless
            TaskErrors.log(logger, "connections could not be closed", e);
        }
    }

    /** Logs an error unless it equals the last one, because a retry while Kafka is down fails the same way every second. */
    private void logOnce(KafkaException e) {
        if (!e.toString().equals(lastError)) {
            lastError = e.toString();
            logger.warn(
                    "cannot read partitions {} of the topic, retrying every {} ms: {}",
                    numbers(),
                    settings.retryInterval().toMillis(),
                    lastError);
        }
    }

    private List<Integer> numbers() {
        return partitions.stream().map(TopicPartition::partition).toList();
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** Lets the thread end. Any thread may call. */
    void stop() {
        stopping.countDown();
        TailConsumer reading = currentConsumer;
        if (reading == null) {
            thread.interrupt(); // it waits for the next retry, or a consumer is created or closed
        } else {
            reading.wakeup();
        }
    }

    /** Waits until the thread has ended after {@link #stop}, if it was started. */
    void join() throws InterruptedException {
        thread.join();
    }

    /** Returns whether the thread has ended although it was not stopped and the topic has not changed. Any thread may call. */
    boolean hasDied() {
        return thread.getState() == Thread.State.TERMINATED
                && !isStopping()
                && !topic.changed().isDone();
    }

    /** Returns the name of the thread. */
    String threadName() {
        return thread.getName();
    }
}
