package io.heartline.reports.read;

import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.events.Identifier;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.web.problem.InvalidParameterException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The reports that the API returns, over REST and GraphQL. */
public final class Reports {

    /** The maximum length of a page of a ranking, in authors. */
    public static final int MAX_RANKED_AUTHORS = 1_000;

    /** The number of authors that are returned with the totals of a week. */
    private static final int TOP_AUTHORS = 10;

    private final ReportReader reader;
    private final RankingReader rankings;
    private final CausalReads causalReads;
    private final RecentProgress recentProgress;
    private final ReportCache cache;
    private final Freshness freshness;
    private final DatabaseSettings settings;
    private final WeekCalendar calendar;
    private final InstantSource clock;
    private final ReadTimeout limit;
    private final WeekTotalsCache totals;

    /**
     * Creates the reports of one database.
     *
     * @param reader reads the reports of one author
     * @param rankings reads the reports across authors
     * @param causalReads gives the reads of one request a session
     * @param recentProgress the progress that requests share
     * @param cache the reports that were read last
     * @param freshness waits for progress that includes a position
     * @param settings the settings of the database, which must equal those of this instance
     * @param calendar the calendar of the reports
     * @param clock the time from which the current week is computed
     * @param limit the timeout of all reads of one request together, without the time that the request waits for a run
     */
    public Reports(
            ReportReader reader,
            RankingReader rankings,
            CausalReads causalReads,
            RecentProgress recentProgress,
            ReportCache cache,
            Freshness freshness,
            DatabaseSettings settings,
            WeekCalendar calendar,
            InstantSource clock,
            ReadTimeout limit) {
        this.reader = reader;
        this.rankings = rankings;
        this.causalReads = causalReads;
        this.recentProgress = recentProgress;
        this.cache = cache;
        this.freshness = freshness;
        this.settings = settings;
        this.calendar = calendar;
        this.clock = clock;
        this.limit = limit;
        this.totals = new WeekTotalsCache(this::sumAndRank, Schedulers.parallel());
    }

    /**
     * Returns the current week.
     *
     * @return the ISO week in the reports' zone
     */
    public YearWeek currentWeek() {
        return calendar.week(clock.instant());
    }

    /**
     * Reads one report for each week, oldest first. A week without events has a report of zeros.
     *
     * @param authorId the author
     * @param range the weeks
     * @param minimum the position that the reports must include; null for no minimum
     * @return the reports; fails as {@link #read(String, YearWeek, MinimumPosition)} does
     */
    public Mono<List<ReportView>> read(String authorId, WeekRange range, MinimumPosition minimum) {
        return read(authorId, range, minimum, true);
    }

    /**
     * Reads one report for each week, oldest first. A week without events has a report of zeros.
     *
     * @param authorId the author
     * @param range the weeks
     * @param minimum the position that the reports must include; null for no minimum
     * @param withReturning if false, {@code likersReturning} is 0, and most of the data is not read
     * @return the reports; fails as {@link #read(String, YearWeek, MinimumPosition)} does
     */
    public Mono<List<ReportView>> read(
            String authorId, WeekRange range, MinimumPosition minimum, boolean withReturning) {
        return withRecentProgress(minimum, snapshot -> {
                    if (!isIncluded(authorId, minimum, snapshot)) {
                        return readIncluding(authorId, range, minimum, withReturning);
                    }
                    List<ReadReport> cached = cache.findAll(authorId, range, snapshot);
                    return cached == null ? load(authorId, range, withReturning, snapshot) : Mono.just(cached);
                })
                .map(Reports::views);
    }

    /** Calls {@code read} immediately if progress was read recently; the most frequent reads then need no other thread. */
    private <T> Mono<T> withRecentProgress(
            @Nullable MinimumPosition minimum, Function<RecentProgress.Snapshot, Mono<T>> read) {
        RecentProgress.Snapshot snapshot = recentProgress.current();
        return snapshot == null
                ? limit.applyTo(recentProgress.get().flatMap(read), timeoutOf(minimum))
                : read.apply(snapshot);
    }

    private static boolean isIncluded(
            String authorId, @Nullable MinimumPosition minimum, RecentProgress.Snapshot snapshot) {
        if (minimum == null) {
            return true;
        }
        minimum.requirePartitionOf(authorId, snapshot.progress());
        return minimum.isIncludedIn(snapshot.progress());
    }

    /** Reads reports that include at least the snapshot, because they are read after it. */
    private Mono<List<ReadReport>> load(
            String authorId, WeekRange range, boolean withReturning, RecentProgress.Snapshot snapshot) {
        return limit.applyTo(causalReads.after(
                snapshot.causalTime(),
                session -> reader.read(authorId, range, withReturning, snapshot.progress(), session)));
    }

    /** Reads progress now, because that of an earlier request does not include the position. */
    private Mono<List<ReadReport>> readIncluding(
            String authorId, WeekRange range, MinimumPosition minimum, boolean withReturning) {
        return limit.applyTo(
                causalReads.inSession(session -> readInSession(authorId, range, minimum, withReturning, session)),
                minimum.timeout());
    }

    private Mono<List<ReadReport>> readInSession(
            String authorId,
            WeekRange range,
            @Nullable MinimumPosition minimum,
            boolean withReturning,
            @Nullable ClientSession session) {
        return freshness
                .progressIncluding(authorId, minimum, session)
                .flatMap(progress -> reader.read(authorId, range, withReturning, progress, session));
    }

    /**
     * Reads the report of one week. A week without events has a report of zeros.
     *
     * @param authorId the author
     * @param week the week
     * @param minimum the position that the report must include; null for no minimum
     * @return the report. Fails with the status 412 if it does not include the position in time, and with 503 or 429 if
     *     too many requests wait
     */
    public Mono<ReadReport> read(String authorId, YearWeek week, MinimumPosition minimum) {
        ReportKey key = new ReportKey(week, authorId);
        WeekRange singleWeek = new WeekRange(week, week);
        return withRecentProgress(minimum, snapshot -> {
            if (!isIncluded(authorId, minimum, snapshot)) {
                return readIncluding(key, singleWeek, minimum).map(Reports::only);
            }
            ReadReport cached = cache.find(key, snapshot);
            return cached == null ? load(authorId, singleWeek, true, snapshot).map(Reports::only) : Mono.just(cached);
        });
    }

    /** As {@link #readIncluding(String, WeekRange, MinimumPosition, boolean)}; the report may include the position before progress does. */
    private Mono<List<ReadReport>> readIncluding(ReportKey key, WeekRange singleWeek, MinimumPosition minimum) {
        return limit.applyTo(
                causalReads.inSession(session -> freshness
                        .currentProgress(session)
                        .flatMap(progress -> reader.isIncluded(key, minimum, progress, session))
                        .flatMap(isIncluded ->
                                readInSession(key.authorId(), singleWeek, isIncluded ? null : minimum, true, session))),
                minimum.timeout());
    }

    /**
     * Returns the report of one week if it is cached and can be answered without any wait.
     *
     * @param authorId the author
     * @param week the week
     * @return the report that {@link #read(String, YearWeek, MinimumPosition)} would return; null if that has to be called
     */
    public @Nullable ReadReport cached(String authorId, YearWeek week) {
        RecentProgress.Snapshot snapshot = recentProgress.current();
        return snapshot == null ? null : cache.find(new ReportKey(week, authorId), snapshot);
    }

    private static Duration timeoutOf(MinimumPosition minimum) {
        return minimum == null ? Duration.ZERO : minimum.timeout();
    }

    /**
     * Checks the id of an author.
     *
     * @param parameter the name of the parameter
     * @param id its value
     * @throws InvalidParameterException if the value is no valid id
     */
    public static void requireAuthorId(String parameter, String id) {
        if (!Identifier.isValid(id)) {
            throw new InvalidParameterException(parameter, Identifier.RULE);
        }
    }

    /**
     * Reads the totals of a week over all authors.
     *
     * @param week the week
     * @return the totals, with the most liked authors
     */
    public Mono<WeekView> readTotals(YearWeek week) {
        return limit.applyTo(recentProgress.get().flatMap(snapshot -> totals.get(week, snapshot.progress())
                .map(sum -> WeekView.of(week, sum.totals(), sum.top(), calendar, snapshot.asOf()))));
    }

    private Mono<WeekTotalsCache.TotalsAndTop> sumAndRank(YearWeek week) {
        return Mono.zip(
                rankings.totals(week),
                rankings.ranking(week, null, TOP_AUTHORS).collectList(),
                WeekTotalsCache.TotalsAndTop::new);
    }

    /**
     * Reads a page of a week's ranking, most liked first.
     *
     * @param week the week
     * @param after the end of the page before; null for the first page
     * @param count the maximum number of authors
     * @return the authors of the page
     */
    public Mono<List<RankedAuthor>> ranking(YearWeek week, RankingCursor after, int count) {
        return limit.applyTo(settings.checkUntilEqual()
                .then(rankings.ranking(week, after, count).collectList()));
    }

    /**
     * Reads a week's whole ranking, most liked first.
     *
     * @param week the week
     * @return all authors, which are read as fast as the subscriber requests them
     */
    public Flux<RankedAuthor> ranking(YearWeek week) {
        return settings.checkUntilEqual().thenMany(rankings.ranking(week));
    }

    private static ReadReport only(List<ReadReport> reports) {
        return reports.get(0);
    }

    private static List<ReportView> views(List<ReadReport> reports) {
        return reports.stream().map(ReadReport::view).toList();
    }
}
