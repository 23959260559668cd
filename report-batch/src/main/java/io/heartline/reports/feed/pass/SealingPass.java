package io.heartline.reports.feed.pass;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.erasure.Erasure;
import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.feed.Change;
import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.feed.FeedStore.Pass;
import io.heartline.reports.fold.DueReports;
import io.heartline.reports.fold.DueReports.DueReport;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.mongo.BlockingMongo;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.threeten.extra.YearWeek;

/**
 * Enters reports of sealed weeks into the feed. A pass walks all reports of a week by author, and stores how far it has come after it has
 * appended a batch. A save after that marks its report, and the mark is removed only if no later save has set another. So each report's
 * latest state is entered after its save, also after a crash between any two steps. Such a crash enters some reports twice.
 *
 * <p>Confined to one thread. Several instances may run the same pass.
 */
public class SealingPass {

    private static final Logger logger = LoggerFactory.getLogger(SealingPass.class);
    private static final int REPORTS_PER_BATCH = 500;
    private static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

    private final Stores stores;
    private final WeekCalendar calendar;
    private final FeedMetrics metrics;
    private final InstantSource clock;
    private final Map<YearWeek, Pass> passes = new HashMap<>();

    /** The last week whose predecessors this instance has found entered, so that it need not list all weeks again. */
    private @Nullable YearWeek checkedThrough;

    /**
     * What a pass reads and writes.
     *
     * @param reports lists the weeks with reports
     * @param due the reports to enter
     * @param changes the changes of the feed
     * @param feed the progress of passes
     * @param erasures the erasures, whose reports are not entered
     * @param progress gives the time up to which weeks are sealed
     */
    public record Stores(
            ReportStore reports,
            DueReports due,
            ChangeStore changes,
            FeedStore feed,
            ErasureStore erasures,
            ProgressStore progress) {}

    SealingPass(Stores stores, WeekCalendar calendar, FeedMetrics metrics, InstantSource clock) {
        this.stores = stores;
        this.calendar = calendar;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Enters all reports of sealed weeks that are missing. Returns early, and is continued by the next call, if it may not continue.
     *
     * @param mayContinue asked before each batch of reports
     */
    void enterMissing(BooleanSupplier mayContinue) {
        Instant startedAt = clock.instant();
        YearWeek sealed = latestSealed();
        if (sealed != null) {
            markErased();
            passes.putAll(await(stores.feed().passes()));
            if (enterSealedWeeks(sealed, mayContinue) && enterMarked(sealed, mayContinue)) {
                metrics.complete(startedAt);
            }
        }
    }

    /**
     * Marks the reports that exist although the feed has a change {@code erased} of them. They were folded after the erasure, and their
     * changes may come before the change {@code erased}.
     */
    private void markErased() {
        long last = await(stores.changes().last());
        long done = await(stores.feed().feed()).erasedThrough();
        if (done < last) {
            await(stores.due().mark(await(stores.changes().erasedBetween(done, last))));
            await(stores.feed().raiseErasedThrough(last));
        }
    }

    /** Returns the latest sealed week by stored progress; null if there is none. */
    private @Nullable YearWeek latestSealed() {
        Map<Integer, Progress> progress = await(stores.progress().all());
        Instant asOf = progress.isEmpty()
                ? null
                : Progress.asOf(progress, progress.values().iterator().next().partitions());
        return asOf == null ? null : calendar.latestSealed(asOf);
    }

    /** Returns whether all passes are done. */
    private boolean enterSealedWeeks(YearWeek sealed, BooleanSupplier mayContinue) {
        if (sealed.equals(checkedThrough)) {
            return true;
        }
        for (YearWeek week : new TreeSet<>(await(stores.reports().weeks()))) {
            if (!week.isAfter(sealed) && !pass(week).isDone() && !walk(week, mayContinue)) {
                return false;
            }
        }
        checkedThrough = sealed;
        return true;
    }

    private Pass pass(YearWeek week) {
        return passes.getOrDefault(week, Pass.NOT_STARTED);
    }

    /** Enters all reports of a week from where the last pass ended. Returns whether it is done. */
    private boolean walk(YearWeek week, BooleanSupplier mayContinue) {
        Instant startedAt = clock.instant();
        Instant[] loggedAt = {startedAt};
        long[] entered = {0};
        boolean[] isStopped = {false};
        BlockingMongo.forEach(
                stores.due()
                        .ofWeek(week, pass(week).lastAuthor())
                        .buffer(REPORTS_PER_BATCH)
                        .takeWhile(batch -> !isStopped[0]),
                batch -> {
                    isStopped[0] |= !mayContinue.getAsBoolean();
                    if (isStopped[0]) {
                        return;
                    }
                    entered[0] += enter(batch, ChangeReason.sealed);
                    String lastAuthor = batch.get(batch.size() - 1).key().authorId();
                    await(stores.feed().advancePass(week, lastAuthor));
                    if (Duration.between(loggedAt[0], clock.instant()).compareTo(LOG_INTERVAL) >= 0) {
                        loggedAt[0] = clock.instant();
                        logger.info("sealing pass of {}: {} reports entered, up to {}", week, entered[0], lastAuthor);
                    }
                });
        if (isStopped[0]) {
            return false;
        }
        await(stores.feed().finishPass(week));
        passes.put(week, new Pass(null, true));
        Duration duration = Duration.between(startedAt, clock.instant());
        metrics.passEnded(duration);
        logger.info("sealing pass of {} done: {} reports entered in {} ms", week, entered[0], duration.toMillis());
        return true;
    }

    /** Enters reports that were saved after the pass of their week. Returns whether all are entered. */
    private boolean enterMarked(YearWeek sealed, BooleanSupplier mayContinue) {
        boolean[] isStopped = {false};
        Set<YearWeek> withoutPass = new TreeSet<>();
        BlockingMongo.forEach(
                stores.due().marked(sealed).buffer(REPORTS_PER_BATCH).takeWhile(batch -> !isStopped[0]), batch -> {
                    isStopped[0] |= !mayContinue.getAsBoolean();
                    if (!isStopped[0]) {
                        List<DueReport> corrected = new ArrayList<>();
                        for (DueReport report : batch) {
                            if (pass(report.key().week()).isDone()) {
                                corrected.add(report);
                            } else { // the first report of an old week
                                withoutPass.add(report.key().week());
                            }
                        }
                        enter(corrected, ChangeReason.corrected);
                    }
                });
        return !isStopped[0] && withoutPass.stream().allMatch(week -> walk(week, mayContinue));
    }

    /**
     * Appends changes, and then removes the marks of their reports.
     *
     * @param reason of reports without a correction
     * @return the number of changes
     */
    private int enter(List<DueReport> batch, ChangeReason reason) {
        // read after the reports, so that no report has the mark of a later erasure
        Map<String, Erasure> erasures = await(stores.erasures()
                .find(batch.stream().map(report -> report.key().authorId()).collect(Collectors.toSet())));
        Map<DueReport, Change> entered = new LinkedHashMap<>();
        Instant now = clock.instant();
        for (DueReport report : batch) {
            Erasure erasure = erasures.get(report.key().authorId());
            // a report that was folded before the erasure will be deleted
            if (erasure == null || erasure.mark().equals(report.erasure())) {
                ChangeReason actual = report.revision() > 1 ? ChangeReason.corrected : reason;
                entered.put(report, Change.of(report.key(), actual, now));
            }
        }
        stores.changes().append(List.copyOf(entered.values()));
        await(stores.due().unmark(entered.keySet()));
        entered.values().forEach(change -> metrics.entered(change.reason()));
        return entered.size();
    }
}
