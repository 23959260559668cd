package io.heartline.reports.read;

import io.heartline.reports.run.Progress;
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
final class RecentTotals {

    /** An erased author stays in a sum for as long. */
    static final Duration KEEP = Duration.ofSeconds(10);

    static final int MAX_WEEKS = 100;

    private final Function<YearWeek, Mono<Sum>> read;
    private final Scheduler clock;
    private final Map<YearWeek, Kept> kept = new LinkedHashMap<>(MAX_WEEKS, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<YearWeek, Kept> eldest) {
            return size() > MAX_WEEKS;
        }
    };

    /** What is kept of a week. */
    record Sum(Totals totals, List<RankedAuthor> top) {}

    /** @param folded how far, when the sum was read first */
    private record Kept(Set<Stand> folded, Mono<Sum> sum) {}

    /** Of progress, what moves with the figures. */
    private record Stand(int partition, String epoch, int generation, long next) {

        static Set<Stand> of(Map<Integer, Progress> progress) {
            return progress.values().stream()
                    .map(at -> new Stand(at.partition(), at.epoch(), at.generation(), at.next()))
                    .collect(Collectors.toSet());
        }
    }

    /** @param read of a week, from MongoDB */
    RecentTotals(Function<YearWeek, Mono<Sum>> read, Scheduler clock) {
        this.read = read;
        this.clock = clock;
    }

    /** Returns the sum of a week, at most {@link #KEEP} old, and never from before progress came to stand here. */
    Mono<Sum> of(YearWeek week, Map<Integer, Progress> progress) {
        Set<Stand> folded = Stand.of(progress);
        synchronized (kept) {
            Kept recent = kept.get(week);
            if (recent == null || !recent.folded().equals(folded)) {
                recent = new Kept(folded, shared(week));
                kept.put(week, recent);
            }
            return recent.sum();
        }
    }

    /** Errors are not kept. */
    private Mono<Sum> shared(YearWeek week) {
        return Mono.defer(() -> read.apply(week)).cache(sum -> KEEP, e -> Duration.ZERO, () -> Duration.ZERO, clock);
    }
}
