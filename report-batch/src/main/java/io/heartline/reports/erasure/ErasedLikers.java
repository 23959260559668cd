package io.heartline.reports.erasure;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.progress.Progress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The likers that were erased from the reports of one author.
 *
 * @param number the number of the author's latest erasure; 0 for none
 * @param firstCountedOffsets by the hash of the liker, the first offset that counts
 */
public record ErasedLikers(long number, Map<Long, Long> firstCountedOffsets) {

    /** No liker is erased. */
    public static final ErasedLikers NONE = new ErasedLikers(0, Map.of());

    /**
     * Returns the erased likers.
     *
     * @param erasures of one author, in the order of their numbers
     * @param secretCheck the check value of the secret; hashes under other secrets are ignored
     * @param progress of the author's partition
     */
    static ErasedLikers of(List<LikerErasure> erasures, String secretCheck, Progress progress) {
        Map<Long, Long> offsets = new HashMap<>();
        for (LikerErasure erasure : erasures) {
            if (erasure.secretCheck().equals(secretCheck)) {
                offsets.merge(erasure.liker(), erasure.firstCountedOffset(progress), Math::max);
            }
        }
        return erasures.isEmpty() ? NONE : new ErasedLikers(LikerErasureService.latestNumber(erasures), offsets);
    }

    /** Finds the erased likers of an author. Erasures that are not settled exclude all likes. */
    @FunctionalInterface
    public interface Lookup {

        /**
         * Returns the erased likers of an author.
         *
         * @param author the author
         * @param progress of the author's partition
         * @param number the number of the latest erasure to find
         * @return {@link #NONE} if no liker is erased
         */
        ErasedLikers of(String author, Progress progress, long number);
    }

    /**
     * Reads the erased likers of all authors.
     *
     * @param stores the stored erasures
     * @return a lookup in memory
     */
    public static Lookup lookup(ErasureStores stores) {
        Map<String, List<LikerErasure>> all = await(stores.likers().findAll());
        String secretCheck = stores.hash().checkValue();
        return (author, progress, number) -> of(
                all.getOrDefault(author, List.of()).stream()
                        .filter(erasure -> erasure.number() <= number)
                        .toList(),
                secretCheck,
                progress);
    }

    /**
     * Excludes the likers from the records that are folded into a report later.
     *
     * @param report a report that has nothing of them
     */
    public void excludeFrom(WeeklyReport report) {
        if (number == 0) {
            return; // most authors; each event would look up its liker
        }
        report.excludeLikers(number, liker -> firstCountedOffsets.getOrDefault(liker, 0L));
    }
}
