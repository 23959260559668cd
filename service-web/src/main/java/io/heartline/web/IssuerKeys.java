package io.heartline.web;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
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
 * memory brings the next fetch forward. Its check fails with {@link KeysUnavailableException} until a fetch that began after the
 * key was first asked for has found the key, or has shown that it is absent. Times are those of {@link System#nanoTime}.
 */
final class IssuerKeys implements Function<SignedJWT, Flux<JWK>>, Closeable {

    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

    private final PublishedKeys published;
    private final IssuerSettings settings;
    private final ScheduledThreadPoolExecutor thread;
    private final UnknownKeys unknown = new UnknownKeys();
    private final AtomicBoolean isWanted = new AtomicBoolean();
    private final AtomicLong generation = new AtomicLong();
    private volatile Fetched latest; // null before the first, and when it is too old
    private volatile boolean isFailing;
    private volatile long endedAt = System.nanoTime();
    private Future<?> next; // used by the thread alone

    private record Fetched(JWKSet set, long beganAt, long endedAt) {}

    IssuerKeys(PublishedKeys published, IssuerSettings settings) {
        this.published = published;
        this.settings = settings;
        this.thread = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread made = new Thread(task, "issuer-keys");
                    made.setDaemon(true);
                    return made;
                },
                new ThreadPoolExecutor.DiscardPolicy()); // requests still come while this closes
        thread.setRemoveOnCancelPolicy(true);
        thread.execute(this::fetch);
    }

    /**
     * Returns the keys that may have signed a token: none if no key has the id that the token names, or none fits. Fails with
     * {@link KeysUnavailableException} if that is not known yet. Never blocks.
     */
    @Override
    public Flux<JWK> apply(SignedJWT token) {
        long now = System.nanoTime();
        Fetched fetched = latest;
        if (fetched == null || now - fetched.beganAt() > settings.maxAge().toNanos()) {
            return unavailable("The keys that tokens are checked with are not available.", 0);
        }
        JWSHeader header = token.getHeader();
        String id = header.getKeyID();
        if (id == null || fetched.set().getKeyByKeyId(id) != null) {
            JWKMatcher matcher = JWKMatcher.forJWSHeader(header); // null for an unknown algorithm
            return matcher == null ? Flux.empty() : Flux.fromIterable(new JWKSelector(matcher).select(fetched.set()));
        }
        boolean isAbsent = unknown.wasAskedFor(id, fetched.beganAt(), now);
        // it is not absent for ever: the issuer may publish a key under this id next
        if (isAbsent && now - fetched.endedAt() < settings.minInterval().toNanos()) {
            return Flux.empty();
        }
        return unavailable("The key of the token is not known yet.", untilNext());
    }

    /** Brings the next fetch forward. Also the way back if an Error has kept the thread from scheduling it. */
    private Flux<JWK> unavailable(String message, long waitNanos) {
        if (isWanted.compareAndSet(false, true)) {
            thread.execute(() -> schedule(untilNext()));
        }
        long wait = isFailing ? settings.minInterval().toNanos() : waitNanos;
        long seconds = TimeUnit.NANOSECONDS.toSeconds(wait + TimeUnit.SECONDS.toNanos(1) - 1);
        return Flux.error(new KeysUnavailableException(message, Math.max(1, seconds)));
    }

    /** Returns nanoseconds until a fetch may begin, not positive if one may now or is under way. */
    private long untilNext() {
        return settings.minInterval().toNanos() - (System.nanoTime() - endedAt);
    }

    /** Returns a number that grows when other keys replace those in memory, or when those become too old to be used. */
    long generation() {
        return generation.get();
    }

    /** Runs on the thread, as all methods below that have no other comment. */
    private void fetch() {
        isWanted.set(false); // a key that is asked for from now on needs another fetch
        long beganAt = System.nanoTime();
        try {
            JWKSet set = published.fetch().block();
            replace(new Fetched(set, beganAt, System.nanoTime()));
        } catch (RuntimeException | Error e) { // an Error must not end the fetches
            failed(Exceptions.unwrap(e));
        } finally {
            endedAt = System.nanoTime();
            schedule((isFailing ? settings.minInterval() : settings.refresh()).toNanos());
        }
    }

    private void schedule(long delayNanos) {
        if (next != null) {
            next.cancel(false);
        }
        next = thread.schedule(this::fetch, delayNanos, TimeUnit.NANOSECONDS);
    }

    private void replace(Fetched fetched) {
        Fetched before = latest;
        latest = fetched;
        if (before == null || !before.set().getKeys().equals(fetched.set().getKeys())) {
            generation.incrementAndGet(); // after the keys: nothing that was checked by the old ones may count as new
        }
        if (before != null) {
            unknown.forget(before.beganAt(), fetched.beganAt());
        }
        if (isFailing) {
            isFailing = false;
            log.info("The keys of {} can be fetched again", published.address());
        }
    }

    private void failed(Throwable e) {
        if (thread.isShutdown()) {
            return;
        }
        if (!isFailing) { // once, and not for each fetch or token
            isFailing = true;
            log.warn("The keys of {} cannot be fetched: {}", published.address(), e.toString());
        }
        Fetched before = latest;
        if (before != null
                && System.nanoTime() - before.beganAt() > settings.maxAge().toNanos()) {
            latest = null;
            generation.incrementAndGet();
        }
    }

    /** Ends the thread, and a fetch that is under way. */
    @Override
    public void close() {
        thread.shutdownNow();
        published.close();
    }
}
