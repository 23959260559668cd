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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads that clients share if they need the same records of one author. A request receives a cached page, waits for a read that
 * probably covers it, or starts a read of its own. Thread-safe.
 */
final class SharedReads {

    private static final Logger logger = LoggerFactory.getLogger(SharedReads.class);

    private final PageCache cache;
    private final long maxDistance;
    private final Consumer<Read> readQueue;
    private final Map<PageCache.AuthorKey, List<Read>> inFlight = new HashMap<>();

    /**
     * One client's request for a page.
     *
     * @param author the author and the author's partition
     * @param caller the caller against whose limit a read of this request counts
     * @param from the first offset, inclusive
     * @param end supplies the offset, exclusive, at which a read of this request has to end
     * @param isWanted supplies false once the client has disconnected
     */
    record Request(PageCache.AuthorKey author, String caller, long from, LongSupplier end, BooleanSupplier isWanted) {}

    /**
     * A request that waits for a read.
     *
     * @param maxDistance the request waits for a read that begins fewer than this many offsets before its own offset
     * @param page completed with the page or the failure
     */
    private record WaitingRequest(Request request, long maxDistance, CompletableFuture<History.Page> page) {}

    /** A read from Kafka that is queued or in progress. */
    final class Read {

        private final Request first;
        private final List<WaitingRequest> waiting = new ArrayList<>();

        private Read(Request first) {
            this.first = first;
        }

        /** Returns the request that started it. */
        Request first() {
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
                    cache.put(first.author(), first.from(), page);
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
    CompletionStage<History.Page> read(Request request) {
        WaitingRequest client = new WaitingRequest(request, maxDistance, new CompletableFuture<>());
        serve(client);
        return client.page();
    }

    /**
     * Completes a client from the cache, or lets it wait for a read. It waits for a read that begins before its own offset only if
     * pages of this author are that long. Otherwise it would wait for every page of a client with an earlier position.
     */
    private void serve(WaitingRequest client) {
        History.Page page;
        Throwable failure = null;
        synchronized (this) {
            page = cache.get(client.request().author(), client.request().from());
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
        Request request = client.request();
        List<Read> reads = inFlight.computeIfAbsent(request.author(), author -> new ArrayList<>(1));
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
        PageCache.AuthorKey author = read.first.author();
        List<Read> reads = inFlight.get(author);
        if (reads != null && reads.remove(read) && reads.isEmpty()) {
            inFlight.remove(author);
        }
        return read.waiting;
    }
}
