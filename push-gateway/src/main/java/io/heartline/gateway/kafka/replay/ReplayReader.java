package io.heartline.gateway.kafka.replay;

import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.GatewayLimits;
import io.heartline.gateway.stream.History;
import io.heartline.web.limit.ConcurrencyLimit;
import java.time.Duration;
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
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads from Kafka what has left the ring: one page at a time, on few threads, and never on the thread that reads the log's
 * end. A page that finds no thread and no place in the queue, or whose caller has too many there, fails.
 */
public final class ReplayReader implements History {

    private final String topic;
    private final Limits limits;
    private final ConcurrencyLimit readLimit;
    private final PageReader pages;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final ThreadPoolExecutor threads;
    private final ThreadLocal<Consumer<byte[], byte[]>> consumer;
    private final Set<Consumer<byte[], byte[]>> consumersOpened = ConcurrentHashMap.newKeySet();
    private volatile SharedReads sharedReads;
    private volatile BoundsCache bounds;

    /**
     * @param threads how many pages are read at once
     * @param queueCapacity how many more may wait
     * @param perCaller how many of both one caller may have; 0 for no such limit
     * @param pageEvents events in a page, at most
     * @param pageRecords looked at for a page, at most
     * @param pageBytes of the events' values in a page, at most; a page has at least one event
     * @param cacheBytes of memory, about, for pages that were read recently
     * @param timeout with Kafka, for a page
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

    /** @param probes consumers to search for undecodable records with */
    public ReplayReader(
            String topic,
            Limits limits,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Consumer<byte[], byte[]>> probes) {
        this(topic, limits, consumers, probes, namedThreads());
    }

    /**
     * @param probes consumers to search for undecodable records with
     * @param threadFactory creates the threads that read
     */
    ReplayReader(
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
        threads = new ThreadPoolExecutor(
                limits.threads(), limits.threads(), 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), threadFactory);
        consumer = ThreadLocal.withInitial(() -> {
            Consumer<byte[], byte[]> own = this.consumers.get();
            consumersOpened.add(own);
            return own;
        });
        pages = new PageReader(topic, limits, consumer::get, probes);
        clearCaches();
    }

    private static ThreadFactory namedThreads() {
        AtomicInteger count = new AtomicInteger();
        return task -> new Thread(task, "log-reader-" + count.incrementAndGet());
    }

    @Override
    public void clearCaches() {
        // a read that is still under way adds its page to the cache that nobody uses any more
        sharedReads = new SharedReads(new PageCache(limits.cacheBytes()), limits.pageRecords(), this::start);
        bounds = new BoundsCache(this::fetchBounds);
    }

    /**
     * Returns the settings of a consumer for this that differ from the usual ones. A fetch that reaches the log's end does
     * not wait there, because the next page would wait for it. Data fetched beyond the page is discarded, so fetches are
     * small.
     */
    static Properties consumerSettings() {
        Properties settings = new Properties();
        settings.setProperty(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "0");
        settings.setProperty(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(256 * 1024));
        return settings;
    }

    /** Pages that are being read or wait to be. */
    int readsInProgress() {
        return readLimit.acquired();
    }

    /** No caller is charged for it, because at most two requests for each partition are in flight or waiting. */
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
     * Reads a page, or returns one that was read for another client. The caller is charged only if Kafka has to be asked for
     * it, so a caller at its limit still receives pages that others read.
     */
    @Override
    public CompletionStage<Page> read(
            int partition, FollowRequest request, long from, LongSupplier end, BooleanSupplier isWanted) {
        PageCache.AuthorKey author = new PageCache.AuthorKey(partition, request.authorId());
        return sharedReads.read(new SharedReads.Request(author, request.caller().name(), from, end, isWanted));
    }

    private void start(SharedReads.Read read) {
        ConcurrencyLimit.Permit permit = readLimit.acquire(read.first().caller());
        try {
            threads.execute(() -> run(read, permit));
        } catch (RuntimeException | Error e) { // it is stopped, or no thread can be created
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
        } catch (Throwable e) { // clients wait for it, whatever it is
            failure = e;
        }
        permit.release(); // before the client, whose next page may be charged to the same caller
        if (failure != null) {
            read.fail(failure);
        } else if (page != null) {
            read.complete(page);
        }
    }

    /** A task that is still queued when the reader stops runs all the same, to fail its clients. */
    private void checkRunning() {
        if (threads.isShutdown()) {
            throw new RejectedExecutionException("the gateway is stopping");
        }
    }

    /** Fails the requests that are queued, and interrupts those that are being read. */
    public void stop() throws InterruptedException {
        threads.shutdownNow().forEach(Runnable::run);
        if (threads.awaitTermination(limits.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
            consumersOpened.forEach(Consumer::close);
        }
    }
}
