package io.heartline.reports.erasure;

import static io.heartline.reports.mongo.BlockingMongo.await;
import static io.heartline.reports.mongo.BlockingMongo.forEach;

import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.LikerRemoval;
import io.heartline.reports.fold.ReportGrowth;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.ReportStore.ReportVersion;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes erased likers from the stored reports of an author. Each step can be repeated, and the reports of any number of weeks are read
 * a few at a time.
 */
public final class LikerCleanup {

    /** A report has at most one MiB. */
    private static final int REPORTS_PER_BATCH = 8;

    private static final int MAX_ATTEMPTS = 20;

    private final LikerErasureStore store;
    private final ReportStore reports;
    private final ProgressStore progress;
    private final KeyedHash hash;
    private final WeekCalendar calendar;
    private final InstantSource clock;

    /**
     * Creates a cleanup, which any number of threads may use.
     *
     * @param store the erasures that all instances share
     * @param reports the reports to clean
     * @param progress gives the time up to which weeks are sealed
     * @param hash hashes pairs under this instance's secret
     * @param calendar gives the weeks that are sealed
     * @param clock gives the weeks that have ended
     */
    public LikerCleanup(
            LikerErasureStore store,
            ReportStore reports,
            ProgressStore progress,
            KeyedHash hash,
            WeekCalendar calendar,
            InstantSource clock) {
        this.store = store;
        this.reports = reports;
        this.progress = progress;
        this.hash = hash;
        this.calendar = calendar;
        this.clock = clock;
    }

    /**
     * Removes all erased likers from the author's reports, and corrects the growth of the weeks after them. Reports of sealed weeks that
     * change get another revision, and the feed of revisions enters them.
     *
     * @param authorId the author
     * @return the number of the latest erasure; all reports include the erasures up to this one
     */
    long cleanReports(String authorId) {
        List<ReportKey> keys = await(reports.weeks()).stream()
                .map(week -> new ReportKey(week, authorId))
                .toList();
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            List<LikerErasure> erasures = find(authorId);
            if (erasures.stream().anyMatch(LikerErasure::arePairsMissing)) {
                findPairs(erasures, keys);
                erasures = find(authorId); // another instance may have stored other pairs
            }
            long number = LikerErasureService.latestNumber(erasures);
            // read after the erasures, so no erasure that is unknown here is lost by a report with a higher number
            List<ReportVersion> versions = await(reports.versions(keys).collectList());
            List<ReportVersion> stale = versions.stream()
                    .filter(version -> version.likerErasures() < number)
                    .toList();
            if (stale.isEmpty()) {
                await(new ReportGrowth(reports)
                        .settle(versions.stream().map(ReportVersion::key).toList(), Set.of()));
                return number;
            }
            clean(erasures, number, stale);
        }
        throw new IllegalStateException("other instances keep saving reports of an author whose liker is erased");
    }

    private List<LikerErasure> find(String authorId) {
        return await(store.find(Set.of(authorId))).getOrDefault(authorId, List.of());
    }

    private void clean(List<LikerErasure> erasures, long number, List<ReportVersion> stale) {
        Instant asOf = asOf();
        for (List<ReportVersion> batch : batches(stale)) {
            Map<ReportKey, ReportVersion> unchanged = new HashMap<>();
            batch.forEach(version -> unchanged.put(version.key(), version));
            List<WeeklyReport> changed = new ArrayList<>();
            forEach(reports.load(List.copyOf(unchanged.keySet())), report -> {
                if (report.likerErasures() < number && clean(report, erasures)) {
                    report.excludeLikers(number, liker -> 0);
                    recordCorrection(report, number, asOf);
                    changed.add(report);
                    unchanged.remove(report.key());
                }
            });
            if (!changed.isEmpty()) { // reports that other instances have saved meanwhile are read again
                await(new ReportGrowth(reports).complete(changed));
                await(reports.save(changed));
            }
            if (!unchanged.isEmpty()) {
                await(reports.setLikerErasures(unchanged.values(), number));
            }
        }
    }

    /**
     * Removes the likers whose erasures a loaded report does not include.
     *
     * @param report the report, which is changed
     * @return whether anything was removed
     */
    boolean clean(WeeklyReport report) {
        return clean(report, find(report.key().authorId()));
    }

    /** Returns whether anything was removed. */
    private boolean clean(WeeklyReport report, Collection<LikerErasure> erasures) {
        boolean isChanged = false;
        for (LikerErasure erasure : erasures) {
            if (erasure.number() > report.likerErasures()
                    && erasure.secretCheck().equals(hash.checkValue())) {
                LikerRemoval removal = new LikerRemoval(hash, erasure.liker());
                if (erasure.pairs() != null) {
                    removal.addPairs(erasure.pairs());
                }
                isChanged |= removal.removeFrom(report);
            }
        }
        return isChanged;
    }

    private void recordCorrection(WeeklyReport report, long number, @Nullable Instant asOf) {
        if (calendar.isSealed(report.key().week(), asOf)) {
            report.recordCorrection("liker-erasure-" + number);
        }
        if (calendar.mayHaveEnded(report.key().week(), clock.instant())) {
            report.markFeedDue();
        }
    }

    /** Finds the pairs that only the posts of other weeks lead to, before any post is removed. */
    private void findPairs(List<LikerErasure> erasures, List<ReportKey> keys) {
        for (LikerErasure erasure : erasures) {
            if (!erasure.arePairsMissing()) {
                continue;
            }
            LikerRemoval removal = new LikerRemoval(hash, erasure.liker());
            if (erasure.secretCheck().equals(hash.checkValue())) {
                batches(keys).forEach(batch -> forEach(reports.load(batch), removal::addPosts));
                batches(keys).forEach(batch -> forEach(reports.load(batch), removal::findPairs));
            }
            await(store.setPairs(erasure, removal.toBytes()));
        }
    }

    private static <T> List<List<T>> batches(List<T> all) {
        List<List<T>> batches = new ArrayList<>();
        for (int i = 0; i < all.size(); i += REPORTS_PER_BATCH) {
            batches.add(all.subList(i, Math.min(all.size(), i + REPORTS_PER_BATCH)));
        }
        return batches;
    }

    private @Nullable Instant asOf() {
        Map<Integer, Progress> all = await(progress.all());
        return all.isEmpty()
                ? null
                : Progress.asOf(all, all.values().iterator().next().partitions());
    }

    /** Ends the use of the author's cached reports on all instances, within {@link ProgressStore#MAX_CACHE_LAG}. */
    void markReportsChanged(String authorId) {
        await(progress.markReportsDeleted(authorId));
    }
}
