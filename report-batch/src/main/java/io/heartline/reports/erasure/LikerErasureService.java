package io.heartline.reports.erasure;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.failure.Failures;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.progress.ProgressStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases likers from the reports of one author, and finds the erased likers of a chunk.
 *
 * <p>The steps are those of {@link ErasureService}: an erasure is recorded first. Then the liker is removed from the stored reports. Then
 * Kafka is asked for the end of the author's partition. So a report with a lower number contains only records below that end, and all
 * pairs of the liker in it are removed.
 */
public final class LikerErasureService {

    private static final Logger logger = LoggerFactory.getLogger(LikerErasureService.class);

    private final LikerErasureStore store;
    private final LikerCleanup cleanup;
    private final ProgressStore progress;
    private final EndOffsets endOffsets;
    private final KeyedHash hash;
    private final InstantSource clock;

    /**
     * Creates a service for one run or one request.
     *
     * @param store the erasures that all instances share
     * @param cleanup removes likers from the stored reports
     * @param progress gives the generation of an author's partition
     * @param endOffsets asks Kafka for the end of an author's partition
     * @param hash hashes likers under this instance's secret
     * @param clock gives the time of an erasure, and decides which sweeps are due
     */
    public LikerErasureService(
            LikerErasureStore store,
            LikerCleanup cleanup,
            ProgressStore progress,
            EndOffsets endOffsets,
            KeyedHash hash,
            InstantSource clock) {
        this.store = store;
        this.cleanup = cleanup;
        this.progress = progress;
        this.endOffsets = endOffsets;
        this.hash = hash;
        this.clock = clock;
    }

    /**
     * Removes a liker from the author's reports, and excludes all of the liker's likes that were logged before from being counted again.
     * If this fails after the first step, the next sweep completes it.
     *
     * @throws KafkaException if Kafka does not answer: the liker is removed then, and the erasure is not settled
     */
    void erase(String authorId, String likerId) {
        LikerErasure requested =
                await(store.add(authorId, hash.hashLiker(likerId), hash.checkValue(), clock.instant()));
        complete(authorId);
        for (LikerErasure erasure : settled(authorId)) {
            if (erasure.id().equals(requested.id())) {
                await(store.removeEarlier(erasure));
            }
        }
    }

    /**
     * Returns the erased likers of these authors. Erasures that are not complete or not settled are completed first.
     *
     * @param authorIds the authors; the collection may be empty
     * @param progressOf returns the progress of an author's partition
     * @return by author; authors without erased likers are missing
     * @throws KafkaException if an erasure has to be settled and Kafka does not answer
     */
    public Map<String, ErasedLikers> findSettled(Collection<String> authorIds, Function<String, Progress> progressOf) {
        Map<String, ErasedLikers> found = new HashMap<>();
        await(store.find(authorIds)).forEach((author, erasures) -> {
            if (erasures.stream().anyMatch(LikerErasure::isIncomplete)) {
                complete(author);
            }
            boolean isSettled = erasures.stream().allMatch(LikerErasure::isSettled);
            List<LikerErasure> latest = isSettled ? erasures : settled(author);
            found.put(author, ErasedLikers.of(latest, hash.checkValue(), progressOf.apply(author)));
        });
        return found;
    }

    /**
     * Returns the number of the latest erasure of a liker of each of these authors.
     *
     * @param authorIds the authors; the collection may be empty
     * @return by author; authors without erased likers are missing
     */
    public Map<String, Long> latestNumbers(Collection<String> authorIds) {
        return latestNumbers(store, authorIds);
    }

    /**
     * Returns the number of the latest erasure of a liker of each of these authors.
     *
     * @param store the erasures
     * @param authorIds the authors; the collection may be empty
     * @return by author; authors without erased likers are missing
     */
    public static Map<String, Long> latestNumbers(LikerErasureStore store, Collection<String> authorIds) {
        Map<String, Long> numbers = new HashMap<>();
        await(store.find(authorIds)).forEach((author, erasures) -> numbers.put(author, latestNumber(erasures)));
        return numbers;
    }

    /**
     * Removes the likers whose erasures a loaded report does not include. A paused instance has saved the report after the erasure.
     *
     * @param report the report, which is changed
     * @return whether anything was removed
     */
    public boolean clean(WeeklyReport report) {
        return cleanup.clean(report);
    }

    static long latestNumber(List<LikerErasure> erasures) {
        return erasures.isEmpty() ? 0 : erasures.get(erasures.size() - 1).number();
    }

    /** Completes the erasures of an author's likers, except for what Kafka is asked for. */
    private void complete(String authorId) {
        long number = cleanup.cleanReports(authorId);
        cleanup.markReportsChanged(authorId); // also after an erasure that was interrupted before this step
        find(authorId).stream()
                .filter(erasure -> erasure.isIncomplete() && erasure.number() <= number)
                .forEach(erasure -> await(store.setComplete(erasure)));
    }

    /** Settles the author's erasures, and returns all of them. */
    private List<LikerErasure> settled(String authorId) {
        List<LikerErasure> unsettled =
                find(authorId).stream().filter(erasure -> !erasure.isSettled()).toList();
        if (!unsettled.isEmpty()) {
            // The end is read first. If the offsets are reset in between, the erasure has the later generation.
            EndOffsets.EndOffset end = endOffsets.ofAuthor(authorId);
            Progress current = await(progress.find(end.partition()));
            for (LikerErasure erasure : unsettled) {
                await(store.settle(erasure, end, current == null ? 0 : current.generation()));
            }
        }
        return unsettled.isEmpty() ? find(authorId) : settled(authorId);
    }

    private List<LikerErasure> find(String authorId) {
        return await(store.find(Set.of(authorId))).getOrDefault(authorId, List.of());
    }

    /** Completes interrupted erasures, cleans reports that a paused instance has saved, and removes old erasures. */
    void sweep() {
        Instant now = clock.instant();
        List<LikerErasure> due = await(store.findDue(now).collectList());
        for (LikerErasure erasure : due) {
            try {
                sweep(erasure, now);
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) { // perhaps of this partition only; the erasure stays due
                logger.warn("an erasure of a liker is not complete yet: {}", Failures.describe(e));
            }
        }
    }

    private void sweep(LikerErasure erasure, Instant now) {
        complete(erasure.authorId());
        for (LikerErasure latest : settled(erasure.authorId())) {
            if (!latest.id().equals(erasure.id())) {
                continue;
            }
            if (Erasure.isPastRetention(latest.erasedAt(), now) && endOffsets.isExpired(latest.end())) {
                await(store.remove(latest));
            } else {
                await(store.scheduleSweep(latest, Erasure.nextSweep(latest.erasedAt(), now)));
            }
        }
    }
}
