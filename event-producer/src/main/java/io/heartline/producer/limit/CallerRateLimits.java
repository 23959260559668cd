package io.heartline.producer.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.heartline.producer.like.RefusedException;
import java.time.Duration;
import org.springframework.http.HttpHeaders;

/** Limits the likes per second of each caller on this instance, with a token bucket for each caller. */
public final class CallerRateLimits {

    private static final int MAX_CALLERS = 100_000;

    private final long perSecond;
    private final long burst;
    private final RateLimitPolicy policy;
    private final TimeMeter timeMeter;
    private final Cache<String, Bucket> buckets;

    /**
     * Creates the limits.
     *
     * @param perSecond likes per second of one caller; 0 means no limit
     * @param burst number of likes that a caller may send without a pause
     * @param timeMeter clock
     */
    public CallerRateLimits(long perSecond, long burst, TimeMeter timeMeter) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.policy = new RateLimitPolicy(perSecond, burst);
        this.timeMeter = timeMeter;
        // a bucket that is full again equals a new bucket
        Duration untilFull = Duration.ofSeconds(perSecond == 0 ? 0 : burst / perSecond + 1);
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MAX_CALLERS)
                .expireAfterAccess(untilFull)
                .ticker(timeMeter::currentTimeNanos)
                .build();
    }

    /**
     * Returns the limiter of a caller.
     *
     * @param caller limit key of the caller
     * @return a limiter that any thread may use
     */
    public RateLimiter limiterOf(String caller) {
        if (perSecond == 0) {
            return RateLimiter.UNLIMITED;
        }
        return () -> {
            // Looked up each time. If a stream kept the bucket, the cache could evict it and create another one.
            return tryAcquire(caller, 1);
        };
    }

    /**
     * Acquires permits for the likes of one request, all or none.
     *
     * @param caller limit key of the caller
     * @param likes number of permits, 0 or more
     * @throws RefusedException if the caller has fewer permits left. If a burst has fewer permits, the refusal has no time to wait,
     *     because the request would always be refused.
     */
    public void acquire(String caller, long likes) {
        if (perSecond == 0 || likes == 0) {
            return;
        }
        if (likes > burst) {
            throw RefusedException.overBurst(burst);
        }
        Duration wait = tryAcquire(caller, likes);
        if (!wait.isZero()) {
            throw RefusedException.rateLimited(perSecond, wait);
        }
    }

    /** Returns zero if the permits were acquired; otherwise the time until there are as many. */
    private Duration tryAcquire(String caller, long permits) {
        ConsumptionProbe probe = bucket(caller).tryConsumeAndReturnRemaining(permits);
        return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
    }

    /**
     * Sets {@code RateLimit-Policy} and {@code RateLimit}, unless there is no limit. The values are those of now: other requests of
     * the caller may acquire permits before the answer is sent.
     *
     * @param caller limit key of the caller
     * @param headers headers of an answer to the caller
     */
    public void addHeaders(String caller, HttpHeaders headers) {
        if (perSecond > 0) {
            headers.set("RateLimit-Policy", policy.policy());
            headers.set("RateLimit", policy.limit(bucket(caller).getAvailableTokens()));
        }
    }

    private Bucket bucket(String caller) {
        return buckets.get(caller, name -> newBucket());
    }

    private Bucket newBucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .withCustomTimePrecision(timeMeter)
                .build();
    }
}
