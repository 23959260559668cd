package io.heartline.gateway.kafka.replay;

import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.StreamRefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads that clients share if they need records of the same authors. A request receives a cached page, waits for a read that
 * probably covers it, or starts a read of its own. Thread-safe.
 */
final class SharedReads {

    private static final Logger logger = LoggerFactory.getLogger(SharedReads.class);

    private final PageCache cache;
    private final long maxDistance;
    private final Consumer<Read> readQueue;
    private final Map<PageCache.AuthorsKey, List<Read>> inFlight = new HashMap<>();

    /**
     * A request that waits for a read.
     *
     * @param maxDistance the request waits for a read that begins fewer than this many offsets before its own offset
     * @param page completed with the page or the failure
     */
    private record WaitingRequest(History.Request request, long maxDistance, CompletableFuture<History.Page> page) {}

    /** A read from Kafka that is queued or in progress. */
    final class Read {

        private final History.Request first;
        private final List<WaitingRequest> waiting = new ArrayList<>();

        private Read(History.Request first) {
            this.first = first;
        }

        /** Returns the request that started it. */
        History.Request first() {
            return first;
        }

        /**
         * Called before the page is read. Cancels the read if every client that waits for it has disconnected.
         *
         * @return whether the page has to be read
         */
        boolean begin() {
            List<WaitingRequest> cancelled;
            synchronized (SharedReads.this) {
                if (waiting.stream()
                        .anyMatch(client -> client.request().isWanted().getAsBoolean())) {
                    return true;
                }
                cancelled = removeRead(this);
            }
            cancelled.forEach(client -> client.page().completeExceptionally(new CancellationException()));
            return false;
        }

        /**
         * Passes the page to every client that it covers. The other clients wait for another read, or start one. A client costs
         * about 5 µs of this thread, because its callback only stores the page and schedules a task.
         */
        void complete(History.Page page) {
            List<WaitingRequest> clients;
            synchronized (SharedReads.this) {
                clients = removeRead(this);
                try {
                    cache.put(PageCache.AuthorsKey.of(first), first.from(), page);
                } catch (Throwable e) { // for example, OutOfMemoryError: the clients receive the page nevertheless
                    logger.warn("a page could not be cached", e);
                }
            }
            // in order of offset, so that the first client without a page starts a read for the later ones
            clients.sort(Comparator.comparingLong(client -> client.request().from()));
            long length = Math.max(1, page.next() - first.from());
            for (WaitingRequest client : clients) {
                try {
                    completeOrServeAgain(client, page, length);
                } catch (Throwable e) { // no other read completes this client, and the later clients wait, too
                    client.page().completeExceptionally(e);
                }
            }
        }

        private void completeOrServeAgain(WaitingRequest client, History.Page page, long length) {
            long from = client.request().from();
            if (!client.request().isWanted().getAsBoolean()) {
                client.page().completeExceptionally(new CancellationException());
            } else if (from == first.from() || page.covers(from)) {
                client.page().complete(page.since(from));
            } else {
                serve(new WaitingRequest(client.request(), length, client.page()));
            }
        }

        /** Fails every client that waits, because Kafka would probably fail their reads, too. */
        void fail(Throwable e) {
            List<WaitingRequest> clients;
            synchronized (SharedReads.this) {
                clients = removeRead(this);
            }
            clients.forEach(client -> client.page().completeExceptionally(e));
        }
    }

    /**
     * Creates an object without reads.
     *
     * @param cache keeps the pages that were read
     * @param maxDistance a new request waits for a read that begins fewer than this many offsets before its own offset
     * @param readQueue queues a read without blocking; throws {@link StreamRefusedException} if the queue is full
     */
    SharedReads(PageCache cache, long maxDistance, Consumer<Read> readQueue) {
        this.cache = cache;
        this.maxDistance = maxDistance;
        this.readQueue = readQueue;
    }

    /**
     * Reads a page, or shares one.
     *
     * @return a page that covers the request's first offset; fails if its read fails or cannot be queued
     */
    CompletionStage<History.Page> read(History.Request request) {
        WaitingRequest client = new WaitingRequest(request, maxDistance, new CompletableFuture<>());
        serve(client);
        return client.page();
    }

    /**
     * Completes a client from the cache, or lets it wait for a read. It waits for a read that begins before its own offset only if
     * pages of these authors are that long. Otherwise it would wait for every page of a client with an earlier position.
     */
    private void serve(WaitingRequest client) {
        History.Page page;
        Throwable failure = null;
        synchronized (this) {
            page = cache.get(
                    PageCache.AuthorsKey.of(client.request()), client.request().from());
            if (page == null) {
                failure = joinOrStart(client);
            }
        }
        if (page != null) {
            client.page().complete(page);
        } else if (failure != null) {
            client.page().completeExceptionally(failure);
        }
    }

    /** Adds a client to a read in progress or to a new one. Returns why a new read cannot be queued, or null. */
    private Throwable joinOrStart(WaitingRequest client) {
        History.Request request = client.request();
        List<Read> reads = inFlight.computeIfAbsent(PageCache.AuthorsKey.of(request), authors -> new ArrayList<>(1));
        Read nearest = null;
        for (Read read : reads) {
            if (read.first.from() <= request.from() && (nearest == null || read.first.from() > nearest.first.from())) {
                nearest = read;
            }
        }
        if (nearest == null || request.from() - nearest.first.from() >= client.maxDistance()) {
            nearest = new Read(request);
            reads.add(nearest);
            try {
                readQueue.accept(nearest);
            } catch (Throwable e) { // for example, no thread can be created: later requests must not wait for this read
                removeRead(nearest);
                return e;
            }
        }
        nearest.waiting.add(client);
        return null;
    }

    /** Removes a read and returns the requests that wait for it. The caller holds the lock. */
    private List<WaitingRequest> removeRead(Read read) {
        PageCache.AuthorsKey authors = PageCache.AuthorsKey.of(read.first);
        List<Read> reads = inFlight.get(authors);
        if (reads != null && reads.remove(read) && reads.isEmpty()) {
            inFlight.remove(authors);
        }
        return read.waiting;
    }
}
