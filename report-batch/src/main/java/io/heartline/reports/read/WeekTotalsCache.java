package io.heartline.reports.read;

import io.heartline.reports.progress.Progress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The sums and the most liked authors of a week, kept for a short time. To add them up reads an index entry of every author of the
 * week. So concurrent requests share one such read, and later requests its result until progress moves.
 */
final class WeekTotalsCache {

    /** An erased author stays in a sum for as long. */
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

    /** What is kept of a week. */
    record TotalsAndTop(WeekTotals totals, List<RankedAuthor> top) {}

    /** @param foldedUpTo how far, when the sum was read first */
    private record CacheEntry(Set<FoldedOffset> foldedUpTo, Mono<TotalsAndTop> result) {}

    /** Of progress, what moves with the figures. */
    private record FoldedOffset(int partition, String epoch, int generation, long next) {

        static Set<FoldedOffset> of(Map<Integer, Progress> progress) {
            return progress.values().stream()
                    .map(partition -> new FoldedOffset(
                            partition.partition(), partition.epoch(), partition.generation(), partition.next()))
                    .collect(Collectors.toSet());
        }
    }

    /** @param load of a week, from MongoDB */
    WeekTotalsCache(Function<YearWeek, Mono<TotalsAndTop>> load, Scheduler clock) {
        this.load = load;
        this.clock = clock;
    }

    /** Returns the sum of a week, at most {@link #MAX_AGE} old, and never from before progress came to stand here. */
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

    /** Errors are not kept. */
    private Mono<TotalsAndTop> loadShared(YearWeek week) {
        return Mono.defer(() -> load.apply(week)).cache(sum -> MAX_AGE, e -> Duration.ZERO, () -> Duration.ZERO, clock);
    }
}
