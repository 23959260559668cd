package io.heartline.reports.read;

import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.ReportStore.StoredReport;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.progress.Progress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads the reports of one author from MongoDB, and adds them to the cache. */
public final class ReportReader {

    private final ReportStore store;
    private final WeekCalendar calendar;
    private final ReportCache cache;

    /**
     * Creates a reader of one database.
     *
     * @param store the stored reports
     * @param calendar the calendar of the reports
     * @param cache receives each report with all its figures
     */
    public ReportReader(ReportStore store, WeekCalendar calendar, ReportCache cache) {
        this.store = store;
        this.calendar = calendar;
        this.cache = cache;
    }

    /**
     * Reads one report for each week, oldest first.
     *
     * @param withReturning if false, {@code likersReturning} is 0, and the reports are not cached
     * @param progress was read before
     * @param session sees at least the state of that read; null without sessions
     */
    Mono<List<ReadReport>> read(
            String authorId,
            WeekRange range,
            boolean withReturning,
            Map<Integer, Progress> progress,
            @Nullable ClientSession session) {
        cache.countMisses(range.weeks().size());
        return readWeeks(authorId, range, withReturning, session)
                .collectMap(AuthorWeek::week)
                .map(found -> range.weeks().stream()
                        .map(week -> {
                            ReportView view = ReportView.of(
                                    found.getOrDefault(week, AuthorWeek.empty(authorId, week)),
                                    found.getOrDefault(
                                            week.minusWeeks(1), AuthorWeek.empty(authorId, week.minusWeeks(1))),
                                    calendar,
                                    progress);
                            return withReturning
                                    ? cache.put(new ReportKey(week, authorId), progress, view)
                                    : new ReadReport(view);
                        })
                        .toList());
    }

    /** Returns whether the stored report includes a position. It may do so before progress does. */
    Mono<Boolean> isIncluded(
            ReportKey key, MinimumPosition minimum, Map<Integer, Progress> progress, @Nullable ClientSession session) {
        minimum.requirePartitionOf(key.authorId(), progress);
        Progress partitionProgress = progress.get(minimum.position().partition());
        return partitionProgress == null
                ? Mono.just(false)
                : store.reportProgress(key, session)
                        .map(report -> minimum.isIncludedIn(report, partitionProgress))
                        .defaultIfEmpty(false);
    }

    /**
     * Returns the author's stored weeks of the range, and of the week before it. At most two weeks' likers are in
     * memory concurrently.
     */
    private Flux<AuthorWeek> readWeeks(
            String authorId, WeekRange range, boolean withLikers, @Nullable ClientSession session) {
        List<ReportKey> keys = new WeekRange(range.from().minusWeeks(1), range.to())
                .weeks().stream().map(week -> new ReportKey(week, authorId)).toList();
        return Flux.defer(() -> {
            AtomicReference<StoredReport> previous = new AtomicReference<>();
            return store.findOldestFirst(keys, withLikers, session)
                    .map(stored -> AuthorWeek.of(stored, previous.getAndSet(stored)));
        });
    }
}
