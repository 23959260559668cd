package io.heartline.reports.erasure;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.failure.Failures;
import io.heartline.reports.feed.ErasedChanges;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.ReportStore.ReportVersion;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.threeten.extra.YearWeek;

/**
 * Erases authors, and finds the erased likes of a chunk.
 *
 * <p>An erasure is recorded first and settled later: when every instance can read it, Kafka is asked for the end of the author's partition.
 * So a report without its mark contains only records below that end, and its deletion loses no other record.
 */
public final class ErasureService {

    private static final Logger logger = LoggerFactory.getLogger(ErasureService.class);
    private static final int MAX_ATTEMPTS = 20;

    private final ErasureStore store;
    private final ReportStore reports;
    private final ErasedChanges changes;
    private final ProgressStore progress;
    private final EndOffsets endOffsets;
    private final InstantSource clock;

    /**
     * Creates a service for one run or one request.
     *
     * @param store the erasures that all instances share
     * @param reports the reports to delete
     * @param changes enters erasures into the feed of revisions
     * @param progress gives the generation of an author's partition
     * @param endOffsets asks Kafka for the end of an author's partition
     * @param clock gives the time of an erasure, and decides which sweeps are due
     */
    public ErasureService(
            ErasureStore store,
            ReportStore reports,
            ErasedChanges changes,
            ProgressStore progress,
            EndOffsets endOffsets,
            InstantSource clock) {
        this.store = store;
        this.reports = reports;
        this.changes = changes;
        this.progress = progress;
        this.endOffsets = endOffsets;
        this.clock = clock;
    }

    /**
     * Deletes the author's reports, and excludes all likes that were logged before from being counted again. If this fails after
     * the first step, the next sweep completes it.
     *
     * @return how many reports were deleted
     * @throws KafkaException if Kafka does not answer: the reports are deleted then, and the erasure is not settled
     */
    long erase(String authorId) {
        Erasure requested = Erasure.requested(authorId, UUID.randomUUID().toString(), clock.instant());
        await(store.save(requested));
        long deleted = deleteStale(requested, await(reports.weeks()));
        markReportsDeleted(authorId);
        settle(await(store.find(authorId)));
        return deleted;
    }

    /**
     * Returns the erasures that exist among these authors, by author. An erasure that is not settled is settled first.
     *
     * @param authorIds the authors; the collection may be empty
     * @return a new map that the caller may change
     * @throws KafkaException if an erasure has to be settled and Kafka does not answer
     */
    public Map<String, Erasure> findSettled(Collection<String> authorIds) {
        Map<String, Erasure> found = await(store.find(authorIds));
        found.replaceAll((author, erasure) -> settle(erasure));
        return found;
    }

    /**
     * Returns the author's latest erasure. If it is not settled, it is settled first.
     *
     * @param authorId the author
     * @return the settled erasure; null if there is none
     * @throws KafkaException if the erasure has to be settled and Kafka does not answer
     */
    @Nullable
    public Erasure findSettled(String authorId) {
        return settle(await(store.find(authorId)));
    }

    /**
     * {@return the erasures that exist among these authors, by author, settled or not}
     *
     * @param authorIds the authors; the collection may be empty
     */
    public Map<String, Erasure> findStored(Collection<String> authorIds) {
        return await(store.find(authorIds));
    }

    /** Returns the latest erasure of the same author, which another instance may have settled or replaced meanwhile. */
    private @Nullable Erasure settle(@Nullable Erasure erasure) {
        Erasure latest = erasure;
        for (int attempt = 0; latest != null && !latest.isSettled(); attempt++) {
            if (attempt == MAX_ATTEMPTS) {
                throw new IllegalStateException("an author is erased again and again");
            }
            // The end is read first. If the offsets are reset in between, the erasure has the later generation.
            EndOffsets.EndOffset end = endOffsets.ofAuthor(latest.authorId());
            Progress current = await(progress.find(end.partition()));
            await(store.settle(latest, end, current == null ? 0 : current.generation()));
            latest = await(store.find(latest.authorId()));
        }
        return latest;
    }

    /**
     * Completes interrupted erasures, deletes reports that a paused instance has saved after an erasure, and removes erasures whose
     * likes the log no longer has.
     */
    public void sweep() {
        Instant now = clock.instant();
        List<Erasure> due = await(store.findDue(now).collectList());
        if (due.isEmpty()) {
            return;
        }
        List<YearWeek> weeks = await(reports.weeks());
        for (Erasure erasure : due) {
            try {
                sweep(erasure, weeks, now);
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) { // perhaps of this partition only; the erasure stays due
                logger.warn("an erasure is not complete yet: {}", Failures.describe(e));
            }
        }
    }

    private void sweep(Erasure erasure, List<YearWeek> weeks, Instant now) {
        long deleted = deleteStale(erasure, weeks);
        if (deleted > 0) {
            logger.info("deleted {} reports of an author that was erased at {}", deleted, erasure.erasedAt());
        }
        markReportsDeleted(
                erasure.authorId()); // also if the reports were deleted by an erasure that was interrupted then
        Erasure latest = settle(erasure);
        if (latest != null && latest.isPastRetention(now) && endOffsets.isExpired(latest.end())) {
            await(store.remove(latest));
        } else if (latest != null) {
            await(store.scheduleSweep(latest, latest.nextSweep(now)));
        }
    }

    /**
     * Ends the use of the author's cached reports, after reports were deleted or replaced because of an erasure. The caches of all
     * instances notice it within {@link ProgressStore#MAX_CACHE_LAG}.
     *
     * @param authorId the author
     */
    public void markReportsDeleted(String authorId) {
        await(progress.markReportsDeleted(authorId));
    }

    /**
     * Deletes the author's reports that do not carry the mark of the latest erasure. The feed of revisions has their erasure before, so
     * that a crash leaves no report in a mirror.
     */
    private long deleteStale(Erasure erasure, List<YearWeek> weeks) {
        String authorId = erasure.authorId();
        List<ReportKey> keys =
                weeks.stream().map(week -> new ReportKey(week, authorId)).toList();
        Set<YearWeek> toEnter = new HashSet<>(erasure.isMissingInFeed() ? changes.weeks(authorId) : Set.of());
        Set<YearWeek> entered = new HashSet<>();
        boolean areAllMissing = erasure.isMissingInFeed();
        long firstNumber = 0;
        long deleted = 0;
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            List<ReportVersion> versions = await(reports.versions(keys).collectList());
            // read after the reports, so that no report has the mark of a later erasure
            Erasure latest = await(store.find(authorId));
            List<ReportVersion> stale = versions.stream()
                    .filter(version -> latest != null && !latest.mark().equals(version.erasure()))
                    .toList();
            (areAllMissing ? versions : stale)
                    .forEach(version -> toEnter.add(version.key().week()));
            areAllMissing = false;
            long number = changes.enter(authorId, toEnter, clock.instant());
            firstNumber = firstNumber == 0 ? number : firstNumber;
            entered.addAll(toEnter);
            toEnter.clear();
            if (stale.isEmpty()) {
                changes.removeEarlier(authorId, firstNumber, entered);
                if (erasure.isMissingInFeed()) {
                    await(store.setInFeed(erasure));
                }
                return deleted;
            }
            deleted += await(reports.delete(stale)); // fewer if an instance has saved one meanwhile
        }
        throw new IllegalStateException("other instances keep saving reports of an author that is erased");
    }
}
