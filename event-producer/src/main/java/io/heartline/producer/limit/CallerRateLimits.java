package io.heartline.producer.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.heartline.producer.like.RefusedException;
import java.time.Duration;

/** So many likes a second for each caller: a token bucket, on this instance. */
public final class CallerRateLimits {

    private static final int MAX_CALLERS = 100_000;

    private final long perSecond;
    private final long burst;
    private final TimeMeter timeMeter;
    private final Cache<String, Bucket> buckets;

    /**
     * @param perSecond 0 for no limit
     * @param burst that may come at once after a while of nothing
     */
    public CallerRateLimits(long perSecond, long burst, TimeMeter timeMeter) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.timeMeter = timeMeter;
        // one that is full again is as good as a new one
        Duration untilFull = Duration.ofSeconds(perSecond == 0 ? 0 : burst / perSecond + 1);
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MAX_CALLERS)
                .expireAfterAccess(untilFull)
                .ticker(timeMeter::currentTimeNanos)
                .build();
    }

    public RateLimiter limiterOf(String caller) {
        if (perSecond == 0) {
            return RateLimiter.UNLIMITED;
        }
        return () -> {
            // looked up each time: a bucket that a stream alone held on to would be forgotten, and its caller given
            // another
            ConsumptionProbe probe = buckets.get(caller, name -> newBucket()).tryConsumeAndReturnRemaining(1);
            return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
        };
    }

    /** @throws RefusedException if the caller has none left */
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
