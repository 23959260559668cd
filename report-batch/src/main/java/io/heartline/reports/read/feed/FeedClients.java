package io.heartline.reports.read.feed;

import io.heartline.reports.failure.Failures;
import io.heartline.reports.feed.FeedCursor;
import io.heartline.web.limit.ConcurrencyLimit;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * The clients that wait for changes or follow them. When the service stops, they are answered before the web server waits for its
 * responses. Thread-safe.
 */
public final class FeedClients implements SmartLifecycle {

    private static final Duration HEARTBEAT = Duration.ofSeconds(20);
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    /** The items of a stream that are in memory for one client. */
    private static final int CHANGES_PER_READ = 100;

    private final FeedReader reader;
    private final FeedWatch watch;
    private final ConcurrencyLimit limit;
    private final Duration heartbeat;
    private volatile Sinks.@Nullable Empty<Void> stop;

    /**
     * An event of a stream.
     *
     * @param item the change; null for a heartbeat
     * @param next the place after the event
     */
    record Event(@Nullable FeedItem item, FeedCursor next) {}

    /**
     * Creates the clients of an instance, which has none yet.
     *
     * @param reader reads pages
     * @param watch notices new changes
     * @param limit the permits of requests that wait, and of streams
     */
    public FeedClients(FeedReader reader, FeedWatch watch, ConcurrencyLimit limit) {
        this(reader, watch, limit, HEARTBEAT);
    }

    /** @param heartbeat the interval of heartbeats while there are no changes */
    FeedClients(FeedReader reader, FeedWatch watch, ConcurrencyLimit limit, Duration heartbeat) {
        this.reader = reader;
        this.watch = watch;
        this.limit = limit;
        this.heartbeat = heartbeat;
    }

    /**
     * Reads a page, and waits for a change if there is none. Fails as {@link FeedReader#read} does, and with 503 or 429 if too many clients
     * wait.
     *
     * @param after the place before the page; null for the start
     * @param wait zero to answer immediately
     * @param caller the name under which limits count the request
     */
    Mono<FeedReader.Page> page(@Nullable FeedCursor after, int maxChanges, Duration wait, String caller) {
        Mono<FeedReader.Page> page = reader.read("after", after, maxChanges);
        return page.flatMap(first -> first.isMoved() || wait.isZero()
                ? Mono.just(first)
                : Mono.using(
                        () -> limit.acquire(caller),
                        permit -> watch.awaitAfter(first.next().number(), wait)
                                .takeUntilOther(stopped())
                                .flatMap(end -> reader.read("after", first.next(), maxChanges))
                                .defaultIfEmpty(first),
                        ConcurrencyLimit.Permit::release));
    }

    /**
     * Follows the feed without end. Fails before the first event as {@link #page} does. While MongoDB does not answer later, there are no
     * events.
     *
     * @param parameter the name of the parameter or header that has the cursor
     */
    Flux<Event> follow(String parameter, @Nullable FeedCursor after, String caller) {
        return Flux.using(
                        () -> limit.acquire(caller),
                        permit -> reader.read(parameter, after, CHANGES_PER_READ)
                                .flatMapMany(first -> events(first)
                                        .switchIfEmpty(Mono.just(new Event(null, first.next())))
                                        .concatWith(followFrom(first.next()))),
                        ConcurrencyLimit.Permit::release)
                .takeUntilOther(stopped());
    }

    private Flux<Event> followFrom(FeedCursor start) {
        AtomicReference<FeedCursor> position = new AtomicReference<>(start);
        return Flux.defer(() -> reader.read("after", position.get(), CHANGES_PER_READ)
                        .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, RETRY_INTERVAL)
                                .filter(e -> e instanceof RuntimeException error && Failures.isTransient(error)))
                        .flatMapMany(page -> {
                            position.set(page.next()); // read again after the events of this page
                            return page.isMoved() ? events(page) : awaitChange(page.next());
                        }))
                .repeat();
    }

    private static Flux<Event> events(FeedReader.Page page) {
        return Flux.fromIterable(page.items()).map(item -> new Event(item, FeedCursor.parse(item.cursor())));
    }

    /** Returns a heartbeat if no change comes in time. */
    private Flux<Event> awaitChange(FeedCursor position) {
        return watch.awaitAfter(position.number(), heartbeat)
                .map(end -> true)
                .defaultIfEmpty(false)
                .onErrorReturn(true) // the next read meets the error, too
                .flatMapMany(isChanged -> isChanged ? Flux.empty() : Flux.just(new Event(null, position)));
    }

    private Mono<Void> stopped() {
        Sinks.Empty<Void> running = stop;
        return running == null ? Mono.empty() : running.asMono();
    }

    @Override
    public void start() {
        stop = Sinks.empty();
    }

    @Override
    public void stop() {
        Sinks.Empty<Void> running = stop;
        stop = null;
        if (running != null) {
            running.tryEmitEmpty();
        }
    }

    @Override
    public boolean isRunning() {
        return stop != null;
    }
}
