package io.heartline.reports.ranking;

import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.read.RecentProgress;
import io.heartline.reports.read.ReportView;
import io.heartline.reports.settings.DatabaseSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The weeks of all authors that the API returns, over REST and GraphQL. */
public final class Rankings {

    /** The maximum length of a page of a ranking, in authors. */
    public static final int MAX_AUTHORS = 1_000;

    /** The number of authors that are returned with the totals of a week. */
    private static final int TOP_AUTHORS = 10;

    private final RankingReader reader;
    private final RecentProgress recentProgress;
    private final DatabaseSettings settings;
    private final WeekCalendar calendar;
    private final ReadTimeout limit;
    private final WeekTotalsCache totals;

    /**
     * Creates the rankings of one database.
     *
     * @param reader reads the reports across authors
     * @param recentProgress the progress that requests share
     * @param settings the settings of the database, which must equal those of this instance
     * @param calendar the calendar of the reports
     * @param limit the timeout of all reads of one request together
     */
    public Rankings(
            RankingReader reader,
            RecentProgress recentProgress,
            DatabaseSettings settings,
            WeekCalendar calendar,
            ReadTimeout limit) {
        this.reader = reader;
        this.recentProgress = recentProgress;
        this.settings = settings;
        this.calendar = calendar;
        this.limit = limit;
        this.totals = new WeekTotalsCache(this::sumAndRank, Schedulers.parallel());
    }

    /**
     * A page of a ranking.
     *
     * @param items the authors, in the order of the ranking
     * @param next the cursor of the next page; null if this page is the last
     */
    public record Page(List<RankedAuthor> items, @Nullable String next) {}

    /**
     * Reads the totals of a week over all authors.
     *
     * @param week the week
     * @return the totals, with the most liked authors
     */
    public Mono<WeekView> totals(YearWeek week) {
        return limit.applyTo(recentProgress.progress().flatMap(progress -> totals(week, progress)));
    }

    private Mono<WeekView> totals(YearWeek week, Map<Integer, Progress> progress) {
        return totals.get(week, progress)
                .map(sum -> WeekView.of(week, sum.totals(), sum.top(), calendar, ReportView.asOf(progress)));
    }

    private Mono<WeekTotalsCache.TotalsAndTop> sumAndRank(YearWeek week) {
        return Mono.zip(
                reader.totals(week),
                reader.ranking(week, RankingSort.likes, null, TOP_AUTHORS).collectList(),
                WeekTotalsCache.TotalsAndTop::new);
    }

    /**
     * Reads a page of a week's ranking.
     *
     * @param week the week
     * @param sort the figure that the ranking is sorted by
     * @param after the end of the page before, of the same sort; null for the first page
     * @param count the maximum number of authors, from 1
     * @return the page
     */
    public Mono<Page> page(YearWeek week, RankingSort sort, @Nullable RankingCursor after, int count) {
        // one more than the page has, to find out whether there is a next page
        return limit.applyTo(settings.checkUntilEqual()
                .then(reader.ranking(week, sort, after, count + 1).collectList())
                .map(authors -> page(authors, week, sort, count)));
    }

    private static Page page(List<RankedAuthor> authors, YearWeek week, RankingSort sort, int count) {
        if (authors.size() <= count) {
            return new Page(authors, null);
        }
        return new Page(
                authors.subList(0, count),
                RankingCursor.after(authors.get(count - 1), week, sort).toString());
    }

    /**
     * Reads a week's whole ranking.
     *
     * @param week the week
     * @param sort the figure that the ranking is sorted by
     * @return all authors, which are read as fast as the subscriber requests them
     */
    public Flux<RankedAuthor> all(YearWeek week, RankingSort sort) {
        return settings.checkUntilEqual().thenMany(reader.ranking(week, sort));
    }
}
