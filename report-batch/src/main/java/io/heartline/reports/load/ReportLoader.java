package io.heartline.reports.load;

import static io.heartline.reports.mongo.BlockingMongo.await;
import static io.heartline.reports.mongo.BlockingMongo.forEach;

import io.heartline.reports.erasure.ErasedLikers;
import io.heartline.reports.erasure.Erasure;
import io.heartline.reports.erasure.Erasures;
import io.heartline.reports.failure.LogGapException;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Loads reports so that events can be folded into them. A loaded report has the offsets of the present log, contains no erased like,
 * and skips every record that it includes already. Blocks, so it is for a thread that may wait for MongoDB and Kafka.
 */
public final class ReportLoader {

    private final ReportStore reports;
    private final ProgressStore progress;
    private final Erasures erasures;

    /**
     * Creates a loader.
     *
     * @param reports the stored reports
     * @param progress shows whether an operator has reset the offsets
     * @param erasures the erasures, which are settled when they are needed
     */
    public ReportLoader(ReportStore reports, ProgressStore progress, Erasures erasures) {
        this.reports = reports;
        this.progress = progress;
        this.erasures = erasures;
    }

    /** Receives a report that events can be folded into. */
    @FunctionalInterface
    public interface LoadedReports {

        /**
         * Receives one report.
         *
         * @param report a stored report, or an empty one if none is stored
         * @param firstCountedOffset the report skips all records below this offset, because they are erased; 0 if none are
         * @param isCleaned whether the stored report has an erased liker, and the report does not
         */
        void accept(WeeklyReport report, long firstCountedOffset, boolean isCleaned);
    }

    /**
     * Hands each report to {@code action} on the calling thread. The stored reports come first, in no particular order. Then comes an
     * empty report for each key without a stored one. A few reports are in memory at a time.
     *
     * @param keys the keys of the reports
     * @param progressOf returns the progress of an author's partition
     * @param action receives each report once
     * @throws LogGapException if an operator has reset the offsets since {@code progressOf} was read
     * @throws KafkaException if an erasure has to be settled and Kafka does not answer
     */
    public void load(Collection<ReportKey> keys, Function<String, Progress> progressOf, LoadedReports action) {
        Set<ReportKey> remaining = new HashSet<>(keys);
        Set<String> authors = keys.stream().map(ReportKey::authorId).collect(Collectors.toSet());
        Map<String, Erasure> erased = new HashMap<>(erasures.authors().findSettled(authors));
        Map<String, ErasedLikers> likers = erasures.likers().findSettled(authors, progressOf);
        forEach(reports.load(keys), report -> {
            remaining.remove(report.key());
            Progress partitionProgress = progressOf.apply(report.key().authorId());
            rebaseIfReset(report, partitionProgress);
            accept(
                    report,
                    latestErasure(erased, report),
                    partitionProgress,
                    latestLikers(likers, report, progressOf),
                    action);
        });
        remaining.forEach(key -> {
            Progress partitionProgress = progressOf.apply(key.authorId());
            WeeklyReport report = new WeeklyReport(key, partitionProgress.epoch(), partitionProgress.generation());
            ErasedLikers ofAuthor = likers.getOrDefault(key.authorId(), ErasedLikers.NONE);
            accept(report, erased.get(key.authorId()), partitionProgress, ofAuthor, action);
        });
    }

    private void accept(
            WeeklyReport loaded,
            @Nullable Erasure erasure,
            Progress partitionProgress,
            ErasedLikers likers,
            LoadedReports action) {
        WeeklyReport report = afterErasure(loaded, erasure);
        boolean isCleaned = report.likerErasures() < likers.number()
                && !report.isEmpty()
                && erasures.likers().clean(report);
        likers.excludeFrom(report);
        long firstCountedOffset = erasure == null ? 0 : erasure.firstCountedOffset(partitionProgress);
        report.skipBelow(firstCountedOffset);
        action.accept(report, firstCountedOffset, isCleaned);
    }

    private void rebaseIfReset(WeeklyReport stored, Progress partitionProgress) {
        if (!stored.isFoldedFrom(partitionProgress.epoch(), partitionProgress.generation())) {
            // Either the report or the progress is from before a reset. If another reset follows this lookup, the
            // version
            // of the report changes, too, and the report is not saved.
            Progress latest = await(progress.findLinearizable(partitionProgress.partition()));
            if (latest == null || !latest.hasSameOffsets(partitionProgress)) {
                throw LogGapException.offsetsReset(partitionProgress.partition());
            }
            stored.rebase(partitionProgress.epoch(), partitionProgress.generation());
        }
    }

    /** Returns the author's latest erasure; null if there is none. */
    private @Nullable Erasure latestErasure(Map<String, Erasure> known, WeeklyReport report) {
        String author = report.key().authorId();
        Erasure erasure = known.get(author);
        if (Objects.equals(report.erasure(), erasure == null ? null : erasure.mark())) {
            return erasure;
        }
        // the report is from before the erasure, or it was folded after an erasure that was recorded since the lookup
        return known.compute(author, (same, before) -> erasures.authors().findSettled(author));
    }

    /** Returns the erased likers of the author. The report may include an erasure that was recorded since the lookup. */
    private ErasedLikers latestLikers(
            Map<String, ErasedLikers> known, WeeklyReport report, Function<String, Progress> progressOf) {
        String author = report.key().authorId();
        if (report.likerErasures()
                > known.getOrDefault(author, ErasedLikers.NONE).number()) {
            known.putAll(erasures.likers().findSettled(Set.of(author), progressOf));
        }
        return known.getOrDefault(author, ErasedLikers.NONE);
    }

    /** Returns the report if it was folded after the erasure, else an empty one. */
    private static WeeklyReport afterErasure(WeeklyReport report, @Nullable Erasure erasure) {
        return erasure == null || erasure.mark().equals(report.erasure())
                ? report
                : report.emptyAfterErasure(erasure.mark());
    }
}
