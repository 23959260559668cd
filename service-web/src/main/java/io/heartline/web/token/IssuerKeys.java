package io.heartline.web.token;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.heartline.web.security.KeysUnavailableException;
import java.io.Closeable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;

/**
 * The keys of an issuer, in memory. One thread fetches them regularly, and no request waits for it. A token whose key is not in
 * memory brings the next fetch forward. Its check fails with {@link KeysUnavailableException} until a later fetch has found the
 * key, or has shown that it is absent. A later fetch is a fetch that began after the key was first asked for. Times are those
 * of {@link System#nanoTime}.
 */
final class IssuerKeys implements Function<SignedJWT, Flux<JWK>>, Closeable {

    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    private final JwkSetClient client;
    private final IssuerSettings settings;
    private final ScheduledThreadPoolExecutor executor;
    private final UnknownKeyIds unknownKeyIds = new UnknownKeyIds();
    private final AtomicBoolean isFetchRequested = new AtomicBoolean();
    private final AtomicLong generation = new AtomicLong();
    private volatile FetchedKeys latest; // null before the first, and when it is too old
    private volatile boolean isFailing;
    private volatile long finishedAt = System.nanoTime();
    private Future<?> next; // used by the thread alone

    private record FetchedKeys(JWKSet set, long startedAt, long finishedAt) {}

    IssuerKeys(JwkSetClient client, IssuerSettings settings) {
        this.client = client;
        this.settings = settings;
        this.executor = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread daemon = new Thread(task, "issuer-keys");
                    daemon.setDaemon(true);
                    return daemon;
                },
                new ThreadPoolExecutor.DiscardPolicy()); // requests still come while this closes
        executor.setRemoveOnCancelPolicy(true);
        executor.execute(this::fetch);
    }

    /**
     * Returns the keys that may have signed a token: none if no key has the id that the token names, or none fits. Fails with
     * {@link KeysUnavailableException} if that is not known yet. Never blocks.
     */
    @Override
    public Flux<JWK> apply(SignedJWT token) {
        long now = System.nanoTime();
        FetchedKeys fetched = latest;
        if (fetched == null || now - fetched.startedAt() > settings.maxAge().toNanos()) {
            return unavailable("The keys that tokens are checked with are not available.", 0);
        }
        JWSHeader header = token.getHeader();
        String id = header.getKeyID();
        if (id == null || fetched.set().getKeyByKeyId(id) != null) {
            JWKMatcher matcher = JWKMatcher.forJWSHeader(header); // null for an unknown algorithm
            return matcher == null ? Flux.empty() : Flux.fromIterable(new JWKSelector(matcher).select(fetched.set()));
        }
        boolean isAbsent = unknownKeyIds.wasRequestedBefore(id, fetched.startedAt(), now);
        // it is not absent for ever: the issuer may publish a key under this id next
        if (isAbsent && now - fetched.finishedAt() < settings.minInterval().toNanos()) {
            return Flux.empty();
        }
        return unavailable("The key of the token is not known yet.", nanosUntilNextFetch());
    }

    /** Brings the next fetch forward. Also the way back if an Error has kept the thread from scheduling it. */
    private Flux<JWK> unavailable(String message, long waitNanos) {
        if (isFetchRequested.compareAndSet(false, true)) {
            executor.execute(() -> schedule(nanosUntilNextFetch()));
        }
        long wait = isFailing ? settings.minInterval().toNanos() : waitNanos;
        long seconds = TimeUnit.NANOSECONDS.toSeconds(wait + TimeUnit.SECONDS.toNanos(1) - 1);
        return Flux.error(new KeysUnavailableException(message, Math.max(1, seconds)));
    }

    /** Returns nanoseconds until a fetch may begin, not positive if one may now or is under way. */
    private long nanosUntilNextFetch() {
        return settings.minInterval().toNanos() - (System.nanoTime() - finishedAt);
    }

    /** Returns a number that grows when other keys replace those in memory, or when those become too old to be used. */
    long generation() {
        return generation.get();
    }

    /** Runs on the thread, as all methods below that have no other comment. */
    private void fetch() {
        isFetchRequested.set(false); // a key that is asked for from now on needs another fetch
        long startedAt = System.nanoTime();
        try {
            JWKSet set = client.fetch().block();
            replace(new FetchedKeys(set, startedAt, System.nanoTime()));
        } catch (RuntimeException | Error e) { // an Error must not end the fetches
            failed(Exceptions.unwrap(e));
        } finally {
            finishedAt = System.nanoTime();
            schedule((isFailing ? settings.minInterval() : settings.refresh()).toNanos());
        }
    }

    private void schedule(long delayNanos) {
        if (next != null) {
            next.cancel(false);
        }
        next = executor.schedule(this::fetch, delayNanos, TimeUnit.NANOSECONDS);
    }

    private void replace(FetchedKeys fetched) {
        FetchedKeys previous = latest;
        latest = fetched;
        if (previous == null || !previous.set().getKeys().equals(fetched.set().getKeys())) {
            generation.incrementAndGet(); // after the keys: nothing that was checked by the old ones may count as new
        }
        if (previous != null) {
            unknownKeyIds.forget(previous.startedAt(), fetched.startedAt());
        }
        if (isFailing) {
            isFailing = false;
            log.info("The keys of {} can be fetched again", client.address());
        }
    }

    private void failed(Throwable e) {
        if (executor.isShutdown()) {
            return;
        }
        if (!isFailing) { // once, and not for each fetch or token
            isFailing = true;
            log.warn("The keys of {} cannot be fetched: {}", client.address(), e.toString());
        }
        FetchedKeys previous = latest;
        if (previous != null
                && System.nanoTime() - previous.startedAt() > settings.maxAge().toNanos()) {
            latest = null;
            generation.incrementAndGet();
        }
    }

    /** Ends the thread, and a fetch that is under way. */
    @Override
    public void close() {
        executor.shutdownNow();
        client.close();
    }
}
