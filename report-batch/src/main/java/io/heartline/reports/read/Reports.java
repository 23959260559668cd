package io.heartline.reports.read;

import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.events.Identifier;
import io.heartline.reports.InvalidParameterException;
import io.heartline.reports.ReadLimit;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.ReportStore.Stored;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport.Key;
import io.heartline.reports.run.DatabaseSettings;
import io.heartline.reports.run.Progress;
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
final class Reports {

    /** How many authors of a week are named along with its totals. */
    private static final int TOP_AUTHORS = 10;

    private final ReportStore store;
    private final ReportReader reader;
    private final CausalReads reads;
    private final Freshness freshness;
    private final DatabaseSettings settings;
    private final WeekCalendar calendar;
    private final InstantSource clock;
    private final ReadLimit limit;
    private final RecentTotals totals;

    /** @param limit for all that one request asks of MongoDB, not counting what it waits for a run */
    Reports(
            ReportStore store,
            ReportReader reader,
            CausalReads reads,
            Freshness freshness,
            DatabaseSettings settings,
            WeekCalendar calendar,
            InstantSource clock,
            ReadLimit limit) {
        this.store = store;
        this.reader = reader;
        this.reads = reads;
        this.freshness = freshness;
        this.settings = settings;
        this.calendar = calendar;
        this.clock = clock;
        this.limit = limit;
        this.totals = new RecentTotals(this::sum, Schedulers.parallel());
    }

    YearWeek currentWeek() {
        return calendar.week(clock.instant());
    }

    /**
     * One report a week, oldest first; weeks without events are reports of zeros.
     *
     * @param wanted what the reports must include; null for whatever there is
     */
    Mono<List<ReportView>> of(String authorId, WeekRange range, AtLeast wanted) {
        return of(authorId, range, wanted, true);
    }

    /** @param withReturning false leaves {@code likersReturning} 0, and saves most of what is read */
    Mono<List<ReportView>> of(String authorId, WeekRange range, AtLeast wanted, boolean withReturning) {
        // progress first: a report read after it holds at least what it promises
        return limit.on(reads.in(session -> of(authorId, range, wanted, withReturning, session)), waiting(wanted));
    }

    private Mono<List<ReportView>> of(
            String authorId, WeekRange range, AtLeast wanted, boolean withReturning, @Nullable ClientSession session) {
        return freshness
                .of(authorId, wanted, session)
                .flatMap(at -> views(range, weeks(authorId, range, withReturning, session), authorId, at));
    }

    Mono<ReportView> of(String authorId, YearWeek week, AtLeast wanted) {
        WeekRange only = new WeekRange(week, week);
        return limit.on(
                reads.in(session -> isInReport(new Key(week, authorId), wanted, session)
                        .flatMap(isIn -> of(authorId, only, isIn ? null : wanted, true, session))
                        .map(reports -> reports.get(0))),
                waiting(wanted));
    }

    private static Duration waiting(AtLeast wanted) {
        return wanted == null ? Duration.ZERO : wanted.patience();
    }

    private Mono<Boolean> isInReport(Key key, AtLeast wanted, @Nullable ClientSession session) {
        if (wanted == null) {
            return Mono.just(false);
        }
        return freshness
                .now(session)
                .flatMap(at -> {
                    wanted.requireOneOf(key.authorId(), at);
                    Progress own = at.get(wanted.position().partition());
                    return own == null
                            ? Mono.empty()
                            : store.folded(key, session).map(report -> wanted.isIn(report, own));
                })
                .defaultIfEmpty(false);
    }

    /** @throws InvalidParameterException if it is no author's id */
    static void requireAuthor(String parameter, String id) {
        if (!Identifier.isValid(id)) {
            throw new InvalidParameterException(parameter, Identifier.RULE);
        }
    }

    /** All authors together. */
    Mono<WeekView> of(YearWeek week) {
        return limit.on(freshness.now(null).flatMap(at -> totals.of(week, at)
                .map(sum -> WeekView.of(week, sum.totals(), sum.top(), calendar, ReportView.asOf(at)))));
    }

    private Mono<RecentTotals.Sum> sum(YearWeek week) {
        return Mono.zip(
                reader.totals(week), reader.ranking(week, null, TOP_AUTHORS).collectList(), RecentTotals.Sum::new);
    }

    /** The most liked first, from behind {@code after}, or from the first if that is null. */
    Mono<List<RankedAuthor>> ranking(YearWeek week, Cursor after, int count) {
        return limit.on(
                settings.checkOnce().then(reader.ranking(week, after, count).collectList()));
    }

    /** All of them, as fast as they are asked for. */
    Flux<RankedAuthor> ranking(YearWeek week) {
        return settings.checkOnce().thenMany(reader.ranking(week));
    }

    private Mono<List<ReportView>> views(
            WeekRange range, Flux<Week> stored, String authorId, Map<Integer, Progress> at) {
        return stored.collectMap(Week::week).map(found -> range.weeks().stream()
                .map(week -> ReportView.of(
                        found.getOrDefault(week, Week.none(authorId, week)),
                        found.getOrDefault(week.minusWeeks(1), Week.none(authorId, week.minusWeeks(1))),
                        calendar,
                        at))
                .toList());
    }

    /** Those that there are, and of the week before. Of who liked, only two weeks are held at a time. */
    private Flux<Week> weeks(String authorId, WeekRange range, boolean withFans, @Nullable ClientSession session) {
        List<Key> keys = new WeekRange(range.from().minusWeeks(1), range.to())
                .weeks().stream().map(week -> new Key(week, authorId)).toList();
        return Flux.defer(() -> {
            AtomicReference<Stored> before = new AtomicReference<>();
            return store.inOrder(keys, withFans, session).map(stored -> Week.of(stored, before.getAndSet(stored)));
        });
    }
}
