package io.heartline.reports.read;

import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.events.Identifier;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.ReportStore.StoredReport;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.web.problem.InvalidParameterException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Reports as they are answered, whether over REST or GraphQL. */
public final class Reports {

    /** The longest page of a ranking, in authors. */
    public static final int MAX_RANKED_AUTHORS = 1_000;

    /** How many authors of a week are named along with its totals. */
    private static final int TOP_AUTHORS = 10;

    private final ReportStore store;
    private final RankingReader reader;
    private final CausalReads causalReads;
    private final Freshness freshness;
    private final DatabaseSettings settings;
    private final WeekCalendar calendar;
    private final InstantSource clock;
    private final ReadTimeout limit;
    private final WeekTotalsCache totals;

    /** @param limit for all that one request asks of MongoDB, not counting what it waits for a run */
    public Reports(
            ReportStore store,
            RankingReader reader,
            CausalReads causalReads,
            Freshness freshness,
            DatabaseSettings settings,
            WeekCalendar calendar,
            InstantSource clock,
            ReadTimeout limit) {
        this.store = store;
        this.reader = reader;
        this.causalReads = causalReads;
        this.freshness = freshness;
        this.settings = settings;
        this.calendar = calendar;
        this.clock = clock;
        this.limit = limit;
        this.totals = new WeekTotalsCache(this::readTotals, Schedulers.parallel());
    }

    public YearWeek currentWeek() {
        return calendar.week(clock.instant());
    }

    /**
     * One report a week, oldest first; weeks without events are reports of zeros.
     *
     * @param minimum what the reports must include; null for whatever there is
     */
    public Mono<List<ReportView>> read(String authorId, WeekRange range, MinimumPosition minimum) {
        return read(authorId, range, minimum, true);
    }

    /** @param withReturning false leaves {@code likersReturning} 0, and saves most of what is read */
    public Mono<List<ReportView>> read(
            String authorId, WeekRange range, MinimumPosition minimum, boolean withReturning) {
        // progress first: a report read after it holds at least what it promises
        return limit.applyTo(
                causalReads.inSession(session -> read(authorId, range, minimum, withReturning, session)),
                timeoutOf(minimum));
    }

    private Mono<List<ReportView>> read(
            String authorId,
            WeekRange range,
            MinimumPosition minimum,
            boolean withReturning,
            @Nullable ClientSession session) {
        return freshness
                .progressIncluding(authorId, minimum, session)
                .flatMap(progress ->
                        toViews(range, readWeeks(authorId, range, withReturning, session), authorId, progress));
    }

    public Mono<ReportView> read(String authorId, YearWeek week, MinimumPosition minimum) {
        WeekRange singleWeek = new WeekRange(week, week);
        return limit.applyTo(
                causalReads.inSession(session -> isIncludedInReport(new ReportKey(week, authorId), minimum, session)
                        .flatMap(isIncluded -> read(authorId, singleWeek, isIncluded ? null : minimum, true, session))
                        .map(reports -> reports.get(0))),
                timeoutOf(minimum));
    }

    private static Duration timeoutOf(MinimumPosition minimum) {
        return minimum == null ? Duration.ZERO : minimum.timeout();
    }

    private Mono<Boolean> isIncludedInReport(ReportKey key, MinimumPosition minimum, @Nullable ClientSession session) {
        if (minimum == null) {
            return Mono.just(false);
        }
        return freshness
                .currentProgress(session)
                .flatMap(progress -> {
                    minimum.requirePartitionOf(key.authorId(), progress);
                    Progress partitionProgress = progress.get(minimum.position().partition());
                    return partitionProgress == null
                            ? Mono.empty()
                            : store.reportProgress(key, session)
                                    .map(report -> minimum.isIncludedIn(report, partitionProgress));
                })
                .defaultIfEmpty(false);
    }

    /** @throws InvalidParameterException if it is no author's id */
    public static void requireAuthorId(String parameter, String id) {
        if (!Identifier.isValid(id)) {
            throw new InvalidParameterException(parameter, Identifier.RULE);
        }
    }

    /** All authors together. */
    public Mono<WeekView> read(YearWeek week) {
        return limit.applyTo(freshness.currentProgress(null).flatMap(progress -> totals.get(week, progress)
                .map(sum -> WeekView.of(week, sum.totals(), sum.top(), calendar, ReportView.asOf(progress)))));
    }

    private Mono<WeekTotalsCache.TotalsAndTop> readTotals(YearWeek week) {
        return Mono.zip(
                reader.totals(week),
                reader.ranking(week, null, TOP_AUTHORS).collectList(),
                WeekTotalsCache.TotalsAndTop::new);
    }

    /** The most liked first, from behind {@code after}, or from the first if that is null. */
    public Mono<List<RankedAuthor>> ranking(YearWeek week, RankingCursor after, int count) {
        return limit.applyTo(settings.checkUntilEqual()
                .then(reader.ranking(week, after, count).collectList()));
    }

    /** All of them, as fast as they are asked for. */
    public Flux<RankedAuthor> ranking(YearWeek week) {
        return settings.checkUntilEqual().thenMany(reader.ranking(week));
    }

    private Mono<List<ReportView>> toViews(
            WeekRange range, Flux<AuthorWeek> stored, String authorId, Map<Integer, Progress> progress) {
        return stored.collectMap(AuthorWeek::week).map(found -> range.weeks().stream()
                .map(week -> ReportView.of(
                        found.getOrDefault(week, AuthorWeek.empty(authorId, week)),
                        found.getOrDefault(week.minusWeeks(1), AuthorWeek.empty(authorId, week.minusWeeks(1))),
                        calendar,
                        progress))
                .toList());
    }

    /** Those that there are, and of the week before. Of who liked, only two weeks are held at a time. */
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
