package io.heartline.producer.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.heartline.producer.like.RefusedException;
import java.time.Duration;

/** Limits the likes per second of each caller on this instance, with a token bucket for each caller. */
public final class CallerRateLimits {

    private static final int MAX_CALLERS = 100_000;

    private final long perSecond;
    private final long burst;
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
            ConsumptionProbe probe = buckets.get(caller, name -> newBucket()).tryConsumeAndReturnRemaining(1);
            return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
        };
    }

    /**
     * Acquires a permit for one like.
     *
     * @param caller limit key of the caller
     * @throws RefusedException if the caller has no permit left
     */
    public void acquire(String caller) {
        Duration wait = limiterOf(caller).tryAcquire();
        if (!wait.isZero()) {
            throw RefusedException.rateLimited(perSecond, wait);
        }
    }

    private Bucket newBucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .withCustomTimePrecision(timeMeter)
                .build();
    }
}
