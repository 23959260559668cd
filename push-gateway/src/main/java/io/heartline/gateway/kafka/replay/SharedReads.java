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
 * Lets clients that want the same records of one author share the reads. A request is answered from a recent page, waits for a
 * read that is likely to cover it, or starts a read of its own. Thread-safe.
 */
final class SharedReads {

    private static final Logger logger = LoggerFactory.getLogger(SharedReads.class);

    private final PageCache cache;
    private final long maxDistance;
    private final Consumer<Read> start;
    private final Map<PageCache.AuthorKey, List<Read>> inFlight = new HashMap<>();

    /**
     * What one client wants.
     *
     * @param caller that is charged if the request starts a read
     * @param from the first offset, inclusive
     * @param end supplies the offset, exclusive, at which a read of this request has to end
     * @param isWanted supplies false once the client has disconnected
     */
    record Request(PageCache.AuthorKey author, String caller, long from, LongSupplier end, BooleanSupplier isWanted) {}

    /** A request that waits, and how far before its offset a read may begin for the request to wait for it. */
    private record WaitingRequest(Request request, long maxDistance, CompletableFuture<History.Page> page) {}

    /** A read of Kafka that is queued or under way. */
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
         * Called before Kafka is asked. If every client that waits has disconnected, the read is cancelled.
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
         * Passes the page to every client that it covers. The others look again. A client costs about 5 µs of this thread, as
         * its callback only takes over the page and schedules a task.
         */
        void complete(History.Page page) {
            List<WaitingRequest> clients;
            synchronized (SharedReads.this) {
                clients = removeRead(this);
                try {
                    cache.put(first.author(), first.from(), page);
                } catch (Throwable e) { // for example OutOfMemoryError: the clients can have the page, cached or not
                    logger.warn("a page could not be cached", e);
                }
            }
            // in the order of their offsets, so that the first one without a page reads for those after it
            clients.sort(Comparator.comparingLong(client -> client.request().from()));
            long length = Math.max(1, page.next() - first.from());
            for (WaitingRequest client : clients) {
                try {
                    serveOrRetry(client, page, length);
                } catch (Throwable e) { // no other read completes this client, and the ones after it wait, too
                    client.page().completeExceptionally(e);
                }
            }
        }

        private void serveOrRetry(WaitingRequest client, History.Page page, long length) {
            long from = client.request().from();
            if (!client.request().isWanted().getAsBoolean()) {
                client.page().completeExceptionally(new CancellationException());
            } else if (from == first.from() || page.covers(from)) {
                client.page().complete(page.since(from));
            } else {
                serve(new WaitingRequest(client.request(), length, client.page()));
            }
        }

        /** Fails every client that waits: if Kafka did not answer one, it would not answer them either. */
        void fail(Throwable e) {
            List<WaitingRequest> clients;
            synchronized (SharedReads.this) {
                clients = removeRead(this);
            }
            clients.forEach(client -> client.page().completeExceptionally(e));
        }
    }

    /**
     * @param maxDistance how many offsets before its own a request may expect a read to reach, at most
     * @param start queues a read without blocking; throws {@link StreamRefusedException} if there is no place for it
     */
    SharedReads(PageCache cache, long maxDistance, Consumer<Read> start) {
        this.cache = cache;
        this.maxDistance = maxDistance;
        this.start = start;
    }

    /** Returns a page that covers the request's first offset. */
    CompletionStage<History.Page> read(Request request) {
        WaitingRequest client = new WaitingRequest(request, maxDistance, new CompletableFuture<>());
        serve(client);
        return client.page();
    }

    /**
     * A client waits for a read that begins before its own offset only if pages of this author were that long so far.
     * Otherwise a client with a later position would wait for every page of a client with an earlier one.
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

    /** Returns why the request cannot wait, or null. */
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
                start.accept(nearest);
            } catch (Throwable e) { // for example no thread can be created: later requests must not wait for this read
                removeRead(nearest);
                return e;
            }
        }
        nearest.waiting.add(client);
        return null;
    }

    /** Removes a read that is over, and returns the requests that waited for it. Called with the lock held. */
    private List<WaitingRequest> removeRead(Read read) {
        PageCache.AuthorKey author = read.first.author();
        List<Read> reads = inFlight.get(author);
        if (reads != null && reads.remove(read) && reads.isEmpty()) {
            inFlight.remove(author);
        }
        return read.waiting;
    }
}
