package io.heartline.reports.run;

import io.heartline.reports.fold.ReportStore;
import java.time.InstantSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Erases an author on request, with a Kafka client of its own. */
public final class Eraser {

    private final LikesSource source;
    private final ErasureStore store;
    private final ReportStore reports;
    private final ProgressStore progress;
    private final InstantSource clock;

    Eraser(LikesSource source, ErasureStore store, ReportStore reports, ProgressStore progress, InstantSource clock) {
        this.source = source;
        this.store = store;
        this.reports = reports;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Deletes all reports of the author. Likes that were logged before are not counted again.
     *
     * @return how many reports were deleted
     * @throws KafkaException if Kafka does not answer: the reports are deleted then, and the next run completes the erasure
     */
    public long erase(String authorId) {
        Admin admin = source.admin();
        try {
            LogEnds log = new LogEnds(admin, () -> source.describe(admin));
            return new Erasures(store, reports, progress, log, clock).erase(authorId);
        } finally {
            LikesSource.close(admin);
        }
    }
}
