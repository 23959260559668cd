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

/** The reports that the API returns, over REST and GraphQL. */
public final class Reports {

    /** The maximum length of a page of a ranking, in authors. */
    public static final int MAX_RANKED_AUTHORS = 1_000;

    /** The number of authors that are returned with the totals of a week. */
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

    /**
     * Creates the reports of one database.
     *
     * @param store the stored reports
     * @param reader reads the reports across authors
     * @param causalReads gives the reads of one request a session
     * @param freshness waits for progress that includes a position
     * @param settings the settings of the database, which must equal those of this instance
     * @param calendar the calendar of the reports
     * @param clock the time from which the current week is computed
     * @param limit the timeout of all reads of one request together, without the time that the request waits for a run
     */
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
        // progress is read first, so that the reports include at least this progress
        return limit.applyTo(
                causalReads.inSession(session -> readInSession(authorId, range, minimum, withReturning, session)),
                timeoutOf(minimum));
    }

    private Mono<List<ReportView>> readInSession(
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

    /**
     * Reads the report of one week. A week without events has a report of zeros.
     *
     * @param authorId the author
     * @param week the week
     * @param minimum the position that the report must include; null for no minimum
     * @return the report. Fails with the status 412 if it does not include the position in time, and with 503 or 429 if
     *     too many requests wait
     */
    public Mono<ReportView> read(String authorId, YearWeek week, MinimumPosition minimum) {
        WeekRange singleWeek = new WeekRange(week, week);
        return limit.applyTo(
                causalReads.inSession(session -> isIncludedInReport(new ReportKey(week, authorId), minimum, session)
                        .flatMap(isIncluded ->
                                readInSession(authorId, singleWeek, isIncluded ? null : minimum, true, session))
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
        return limit.applyTo(freshness.currentProgress(null).flatMap(progress -> totals.get(week, progress)
                .map(sum -> WeekView.of(week, sum.totals(), sum.top(), calendar, ReportView.asOf(progress)))));
    }

    private Mono<WeekTotalsCache.TotalsAndTop> sumAndRank(YearWeek week) {
        return Mono.zip(
                reader.totals(week),
                reader.ranking(week, null, TOP_AUTHORS).collectList(),
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
                .then(reader.ranking(week, after, count).collectList()));
    }

    /**
     * Reads a week's whole ranking, most liked first.
     *
     * @param week the week
     * @return all authors, which are read as fast as the subscriber requests them
     */
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
