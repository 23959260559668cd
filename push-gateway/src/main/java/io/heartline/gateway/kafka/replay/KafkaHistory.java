package io.heartline.gateway.kafka.replay;

import io.heartline.gateway.stream.GatewayLimits;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.web.limit.ConcurrencyLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads records that have left the ring from Kafka, one page at a time. It uses few threads, and never the thread that reads the
 * log's end. If the queue is full, or the caller has too many reads in it, a read fails. Thread-safe.
 */
public final class KafkaHistory implements History {

    private final String topic;
    private final Limits limits;
    private final ConcurrencyLimit readLimit;
    private final ConcurrencyLimit lookupLimit;
    private final PageReader pages;
    private final TimeLookups lookups;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final ThreadPoolExecutor threads;
    private final ThreadLocal<Consumer<byte[], byte[]>> consumer;
    private final Set<Consumer<byte[], byte[]>> consumersOpened = ConcurrentHashMap.newKeySet();
    private volatile SharedReads sharedReads;
    private volatile BoundsCache bounds;

    /**
     * Limits of replays.
     *
     * @param threads the maximum number of pages that are read concurrently
     * @param queueCapacity the maximum number of further pages that wait for a thread
     * @param perCaller the maximum of both for one caller; 0 for no such limit
     * @param pageEvents the maximum number of events in a page
     * @param pageRecords the maximum number of records that are examined for a page
     * @param pageBytes the maximum size of the events' values in a page; a page may exceed it with its first event
     * @param cacheBytes the approximate maximum memory of cached pages
     * @param timeout the longest time to wait for Kafka for a page
     */
    public record Limits(
            int threads,
            int queueCapacity,
            int perCaller,
            int pageEvents,
            int pageRecords,
            long pageBytes,
            long cacheBytes,
            Duration timeout) {}

    /**
     * Creates a reader. It starts threads when they are needed.
     *
     * @param topic the name of the topic
     * @param limits limits of pages, threads and memory
     * @param consumers creates a consumer that reads pages; each thread has one
     * @param probes creates a consumer that searches for undecodable records
     */
    public KafkaHistory(
            String topic,
            Limits limits,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Consumer<byte[], byte[]>> probes) {
        this(topic, limits, consumers, probes, namedThreads());
    }

    /**
     * Creates a reader with the threads of a test.
     *
     * @param threadFactory creates the threads that read pages
     */
    KafkaHistory(
            String topic,
            Limits limits,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Consumer<byte[], byte[]>> probes,
            ThreadFactory threadFactory) {
        this.topic = topic;
        this.limits = limits;
        this.consumers = consumers;
        readLimit = GatewayLimits.create(
                "replays",
                new GatewayLimits.Maximum(
                        "heartline.gateway.replay.waiting", limits.threads() + limits.queueCapacity()),
                new GatewayLimits.Maximum("heartline.gateway.replay.per-caller", limits.perCaller()));
        lookupLimit = new ConcurrencyLimit(
                limits.threads() + limits.queueCapacity(),
                exceeded -> StreamRefusedException.instanceLimitReached(
                        "lookups of times",
                        new GatewayLimits.Maximum("heartline.gateway.replay.waiting", exceeded.max())));
        threads = new ThreadPoolExecutor(
                limits.threads(), limits.threads(), 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), threadFactory);
        consumer = ThreadLocal.withInitial(() -> {
            Consumer<byte[], byte[]> own = this.consumers.get();
            consumersOpened.add(own);
            return own;
        });
        pages = new PageReader(topic, limits, consumer::get, probes);
        lookups = new TimeLookups(topic, limits.timeout(), this::queueLookup, consumer::get);
        clearCaches();
    }

    private static ThreadFactory namedThreads() {
        AtomicInteger count = new AtomicInteger();
        return task -> new Thread(task, "log-reader-" + count.incrementAndGet());
    }

    @Override
    public void clearCaches() {
        // a read in progress adds its page to the old cache, which has no other user
        sharedReads = new SharedReads(new PageCache(limits.cacheBytes()), limits.pageRecords(), this::queueRead);
        bounds = new BoundsCache(this::fetchBounds);
    }

    /**
     * Returns the settings of a page reader's consumer that differ from the application's. A fetch does not wait at the log's end,
     * because the next page would wait for it. Records that were fetched beyond a page are discarded, so fetches are small.
     */
    static Properties consumerSettings() {
        Properties settings = new Properties();
        settings.setProperty(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "0");
        settings.setProperty(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(256 * 1024));
        return settings;
    }

    /** Returns the number of pages that are being read or wait for a thread. */
    int readsInProgress() {
        return readLimit.acquired();
    }

    /** A fetch of bounds has no permit, because a partition has at most two in progress or waiting. */
    @Override
    public CompletionStage<Bounds> bounds(int partition, long offset) {
        return bounds.get(partition, offset);
    }

    private CompletionStage<Bounds> fetchBounds(int partition) {
        TopicPartition topicPartition = new TopicPartition(topic, partition);
        return CompletableFuture.supplyAsync(
                () -> {
                    checkRunning();
                    Consumer<byte[], byte[]> kafka = consumer.get();
                    kafka.assign(Set.of(topicPartition));
                    return new Bounds(
                            kafka.beginningOffsets(Set.of(topicPartition), limits.timeout())
                                    .get(topicPartition),
                            kafka.endOffsets(Set.of(topicPartition), limits.timeout())
                                    .get(topicPartition));
                },
                threads);
    }

    /**
     * Finds the first record since a time. Lookups have a limit of their own, which is as large as the limit of pages. The pages that
     * follow a lookup count against the limit of their caller.
     */
    @Override
    public CompletionStage<Since> firstSince(int partition, Instant time) {
        return lookups.firstSince(partition, time);
    }

    private CompletableFuture<Since> queueLookup(Supplier<Since> lookup) {
        ConcurrencyLimit.Permit permit = lookupLimit.acquire();
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                checkRunning();
                                return lookup.get();
                            },
                            threads)
                    .whenComplete((since, e) -> permit.release());
        } catch (RuntimeException | Error e) { // the reader is stopped, or no thread can be created
            permit.release();
            throw e;
        }
    }

    /**
     * Reads a page, or shares a page that is read for another client. Only a read from Kafka has a permit of the caller, so a caller
     * at its limit still receives shared pages.
     */
    @Override
    public CompletionStage<Page> read(Request request) {
        return sharedReads.read(request);
    }

    private void queueRead(SharedReads.Read read) {
        ConcurrencyLimit.Permit permit = readLimit.acquire(read.first().caller());
        try {
            threads.execute(() -> run(read, permit));
        } catch (RuntimeException | Error e) { // the reader is stopped, or no thread can be created
            permit.release();
            throw e;
        }
    }

    private void run(SharedReads.Read read, ConcurrencyLimit.Permit permit) {
        Page page = null;
        Throwable failure = null;
        try {
            checkRunning();
            page = read.begin() ? pages.read(read.first()) : null;
        } catch (Throwable e) { // any failure completes the clients that wait
            failure = e;
        }
        permit.release(); // before the client continues: its next page may need this permit
        if (failure != null) {
            read.fail(failure);
        } else if (page != null) {
            read.complete(page);
        }
    }

    /** Throws after {@link #stop}. A task that was queued then still runs, and fails its clients by this exception. */
    private void checkRunning() {
        if (threads.isShutdown()) {
            throw new RejectedExecutionException("the gateway is stopping");
        }
    }

    /**
     * Fails queued requests and interrupts reads in progress.
     *
     * @throws InterruptedException if the caller is interrupted while it waits for the threads
     */
    public void stop() throws InterruptedException {
        threads.shutdownNow().forEach(Runnable::run);
        if (threads.awaitTermination(limits.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
            consumersOpened.forEach(Consumer::close);
        }
    }
}
