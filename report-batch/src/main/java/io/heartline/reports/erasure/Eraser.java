package io.heartline.reports.erasure;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.feed.ErasedChanges;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.progress.ProgressStore;
import java.time.InstantSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Erases an author on request, with a Kafka client of its own. */
public final class Eraser {

    private final KafkaClients clients;
    private final ErasureStore store;
    private final ReportStore reports;
    private final ErasedChanges changes;
    private final ProgressStore progress;
    private final InstantSource clock;

    /**
     * Creates an eraser, which any number of threads may use.
     *
     * @param clients with short timeouts, because an HTTP client may wait
     * @param store the erasures that all instances share
     * @param reports the reports to delete
     * @param changes enters the erasure into the feed of revisions
     * @param progress gives the generation of the author's partition
     * @param clock gives the time of an erasure
     */
    public Eraser(
            KafkaClients clients,
            ErasureStore store,
            ReportStore reports,
            ErasedChanges changes,
            ProgressStore progress,
            InstantSource clock) {
        this.clients = clients;
        this.store = store;
        this.reports = reports;
        this.changes = changes;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Deletes all reports of the author. Likes that were logged before are not counted again. Blocks the calling thread, also until no
     * instance serves the reports from its cache any longer.
     *
     * @param authorId the author, who may have no reports
     * @return how many reports were deleted
     * @throws KafkaException if Kafka does not answer: the reports are deleted then, and the next run completes the erasure
     */
    public long erase(String authorId) {
        Admin admin = clients.admin();
        try {
            EndOffsets endOffsets = new EndOffsets(admin, () -> clients.describeLog(admin));
            return new ErasureService(store, reports, changes, progress, endOffsets, clock).erase(authorId);
        } finally {
            KafkaClients.closeImmediately(admin);
            await(ProgressStore.untilCachesFollow());
        }
    }
}
