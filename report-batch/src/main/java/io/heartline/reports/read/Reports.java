package io.heartline.reports.read;

import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.events.Identifier;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.progress.Progress;
import io.heartline.web.problem.InvalidParameterException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

/** The reports that the API returns, over REST and GraphQL. */
public final class Reports {

    private final ReportReader reader;
    private final CausalReads causalReads;
    private final RecentProgress recentProgress;
    private final ReportCache cache;
    private final Freshness freshness;
    private final WeekCalendar calendar;
    private final InstantSource clock;
    private final ReadTimeout limit;

    /**
     * Creates the reports of one database.
     *
     * @param reader reads the reports of one author
     * @param causalReads gives the reads of one request a session
     * @param recentProgress the progress that requests share
     * @param cache the reports that were read last
     * @param freshness waits for progress that includes a position
     * @param calendar the calendar of the reports
     * @param clock the time from which the current week is computed
     * @param limit the timeout of all reads of one request together, without the time that the request waits for a run
     */
    public Reports(
            ReportReader reader,
            CausalReads causalReads,
            RecentProgress recentProgress,
            ReportCache cache,
            Freshness freshness,
            WeekCalendar calendar,
            InstantSource clock,
            ReadTimeout limit) {
        this.reader = reader;
        this.causalReads = causalReads;
        this.recentProgress = recentProgress;
        this.cache = cache;
        this.freshness = freshness;
        this.calendar = calendar;
        this.clock = clock;
        this.limit = limit;
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
                        return readIncluding(authorId, minimum, reading(authorId, range, withReturning));
                    }
                    List<ReadReport> cached = cache.findAll(authorId, range, snapshot);
                    return cached == null
                            ? readAfter(snapshot, reading(authorId, range, withReturning))
                            : Mono.just(cached);
                })
                .map(Reports::views);
    }

    /**
     * A read of one author's data.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface AuthorRead<T> {

        /**
         * Starts the read.
         *
         * @param progress was read before, so the data includes at least this progress
         * @param session sees at least the state of that read; null without sessions
         * @return the result
         */
        Mono<T> read(Map<Integer, Progress> progress, @Nullable ClientSession session);
    }

    /**
     * Reads progress, and after it other data of an author.
     *
     * @param <T> the type of the result
     * @param authorId the author
     * @param minimum the position that progress must include; null for no minimum
     * @param read starts the read
     * @return the result; fails as {@link #read(String, YearWeek, MinimumPosition)} does
     */
    public <T> Mono<T> read(String authorId, @Nullable MinimumPosition minimum, AuthorRead<T> read) {
        return withRecentProgress(
                minimum,
                snapshot -> isIncluded(authorId, minimum, snapshot)
                        ? readAfter(snapshot, read)
                        : readIncluding(authorId, minimum, read));
    }

    private AuthorRead<List<ReadReport>> reading(String authorId, WeekRange range, boolean withReturning) {
        return (progress, session) -> reader.read(authorId, range, withReturning, progress, session);
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

    /** Reads data that includes at least the snapshot, because it is read after it. */
    private <T> Mono<T> readAfter(RecentProgress.Snapshot snapshot, AuthorRead<T> read) {
        return limit.applyTo(
                causalReads.after(snapshot.causalTime(), session -> read.read(snapshot.progress(), session)));
    }

    /** Reads progress now, because that of an earlier request does not include the position. */
    private <T> Mono<T> readIncluding(String authorId, MinimumPosition minimum, AuthorRead<T> read) {
        return limit.applyTo(
                causalReads.inSession(session -> readInSession(authorId, minimum, read, session)), minimum.timeout());
    }

    private <T> Mono<T> readInSession(
            String authorId, @Nullable MinimumPosition minimum, AuthorRead<T> read, @Nullable ClientSession session) {
        return freshness
                .progressIncluding(authorId, minimum, session)
                .flatMap(progress -> read.read(progress, session));
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
            return cached == null
                    ? readAfter(snapshot, reading(authorId, singleWeek, true)).map(Reports::only)
                    : Mono.just(cached);
        });
    }

    /** Reads progress now. The report may include the position before progress does. */
    private Mono<List<ReadReport>> readIncluding(ReportKey key, WeekRange singleWeek, MinimumPosition minimum) {
        return limit.applyTo(
                causalReads.inSession(session -> freshness
                        .currentProgress(session)
                        .flatMap(progress -> reader.isIncluded(key, minimum, progress, session))
                        .flatMap(isIncluded -> readInSession(
                                key.authorId(),
                                isIncluded ? null : minimum,
                                reading(key.authorId(), singleWeek, true),
                                session))),
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

    private static ReadReport only(List<ReadReport> reports) {
        return reports.get(0);
    }

    private static List<ReportView> views(List<ReadReport> reports) {
        return reports.stream().map(ReadReport::view).toList();
    }
}
