package io.heartline.producer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/** So many likes a second for each caller: a token bucket, on this instance. */
final class RateLimit {

    private static final int CALLERS = 100_000;

    private final long perSecond;
    private final long burst;
    private final TimeMeter time;
    private final Cache<String, Bucket> buckets;

    /**
     * @param perSecond 0 for no limit
     * @param burst that may come at once after a while of nothing
     */
    RateLimit(long perSecond, long burst, TimeMeter time) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.time = time;
        // one that is full again is as good as a new one
        Duration untilFull = Duration.ofSeconds(perSecond == 0 ? 0 : burst / perSecond + 1);
        this.buckets = Caffeine.newBuilder()
                .maximumSize(CALLERS)
                .expireAfterAccess(untilFull)
                .ticker(time::currentTimeNanos)
                .build();
    }

    Allowance of(String caller) {
        if (perSecond == 0) {
            return Allowance.UNLIMITED;
        }
        return () -> {
            // looked up each time: a bucket that a stream alone held on to would be forgotten, and its caller given
            // another
            ConsumptionProbe probe = buckets.get(caller, name -> bucket()).tryConsumeAndReturnRemaining(1);
            return probe.isConsumed() ? Duration.ZERO : Duration.ofNanos(probe.getNanosToWaitForRefill());
        };
    }

    /** @throws RefusedException if the caller has none left */
    void admit(String caller) {
        Duration wait = of(caller).take();
        if (!wait.isZero()) {
            throw RefusedException.rateLimited(perSecond, wait);
        }
    }

    private Bucket bucket() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .withCustomTimePrecision(time)
                .build();
    }
}
