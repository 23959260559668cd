package io.heartline.reports.ranking;

import io.heartline.reports.progress.Progress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A cache of the totals and the most liked authors of weeks. A read of the totals reads an index entry of every author.
 * So concurrent requests share one read, and later requests share its result for a short time, until progress changes.
 */
final class WeekTotalsCache {

    /** The maximum age of a result. */
    static final Duration MAX_AGE = Duration.ofSeconds(10);

    static final int MAX_WEEKS = 100;

    private final Function<YearWeek, Mono<TotalsAndTop>> load;
    private final Scheduler clock;
    private final Map<YearWeek, CacheEntry> entries = new LinkedHashMap<>(MAX_WEEKS, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<YearWeek, CacheEntry> eldest) {
            return size() > MAX_WEEKS;
        }
    };

    /** The cached data of a week. */
    record TotalsAndTop(WeekTotals totals, List<RankedAuthor> top) {}

    /**
     * A shared read.
     *
     * @param foldedUpTo the progress when the sum was first read
     */
    private record CacheEntry(Set<FoldedOffset> foldedUpTo, Mono<TotalsAndTop> result) {}

    /** The part of a partition's progress that changes with the figures. */
    private record FoldedOffset(
            int partition,
            String epoch,
            int generation,
            long next,
            @Nullable Long stamp) {

        static Set<FoldedOffset> of(Map<Integer, Progress> progress) {
            return progress.values().stream()
                    .map(partition -> new FoldedOffset(
                            partition.partition(),
                            partition.epoch(),
                            partition.generation(),
                            partition.next(),
                            partition.stamp()))
                    .collect(Collectors.toSet());
        }
    }

    /**
     * Creates an empty cache.
     *
     * @param load reads a week from MongoDB
     */
    WeekTotalsCache(Function<YearWeek, Mono<TotalsAndTop>> load, Scheduler clock) {
        this.load = load;
        this.clock = clock;
    }

    /**
     * Returns the totals of a week. They are at most {@link #MAX_AGE} old, and were read after progress had reached the
     * given offsets.
     */
    Mono<TotalsAndTop> get(YearWeek week, Map<Integer, Progress> progress) {
        Set<FoldedOffset> foldedUpTo = FoldedOffset.of(progress);
        synchronized (entries) {
            CacheEntry entry = entries.get(week);
            if (entry == null || !entry.foldedUpTo().equals(foldedUpTo)) {
                entry = new CacheEntry(foldedUpTo, loadShared(week));
                entries.put(week, entry);
            }
            return entry.result();
        }
    }

    /** Returns a read whose result is shared. Errors are not cached. */
    private Mono<TotalsAndTop> loadShared(YearWeek week) {
        return Mono.defer(() -> load.apply(week)).cache(sum -> MAX_AGE, e -> Duration.ZERO, () -> Duration.ZERO, clock);
    }
}
