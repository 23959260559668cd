package io.heartline.reports.erasure;

import io.heartline.reports.feed.ErasedChanges;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.progress.ProgressStore;
import java.time.InstantSource;

/**
 * What erasures read and write in MongoDB.
 *
 * @param authors the erasures of authors
 * @param likers the erasures of likers
 * @param reports the reports that are deleted or cleaned
 * @param changes enters erasures of authors into the feed of revisions
 * @param progress gives the generation of a partition, and the time up to which weeks are sealed
 * @param hash hashes likers and pairs under this instance's secret
 * @param calendar gives the weeks that are sealed
 */
public record ErasureStores(
        ErasureStore authors,
        LikerErasureStore likers,
        ReportStore reports,
        ErasedChanges changes,
        ProgressStore progress,
        KeyedHash hash,
        WeekCalendar calendar) {

    /**
     * Returns the erasures for one run or one request.
     *
     * @param endOffsets asks Kafka for the end of an author's partition
     * @param clock gives the time of an erasure, and decides which sweeps are due
     * @return services for one thread
     */
    public Erasures open(EndOffsets endOffsets, InstantSource clock) {
        LikerCleanup cleanup = new LikerCleanup(likers, reports, progress, hash, calendar, clock);
        return new Erasures(
                new ErasureService(authors, reports, changes, progress, endOffsets, clock),
                new LikerErasureService(likers, cleanup, progress, endOffsets, hash, clock));
    }
}
