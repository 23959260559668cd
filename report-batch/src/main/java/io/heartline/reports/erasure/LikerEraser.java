package io.heartline.reports.erasure;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.settings.DatabaseSettings;
import java.time.InstantSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Erases a liker on request, with a Kafka client of its own. */
public final class LikerEraser {

    private final KafkaClients clients;
    private final ErasureStores stores;
    private final DatabaseSettings settings;
    private final InstantSource clock;

    /**
     * Creates an eraser, which any number of threads may use.
     *
     * @param clients with short timeouts, because an HTTP client may wait
     * @param stores the reports, and the erasures that all instances share
     * @param settings of the database, whose secret must be this instance's
     * @param clock gives the time of an erasure
     */
    public LikerEraser(KafkaClients clients, ErasureStores stores, DatabaseSettings settings, InstantSource clock) {
        this.clients = clients;
        this.stores = stores;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Removes a liker from all reports of the author. The liker's likes of this author that were logged before are not counted again.
     * Blocks the calling thread, also until no instance serves the earlier figures from its cache any longer.
     *
     * @param authorId the author, who may have no reports
     * @param likerId the liker, who may have liked nothing
     * @throws KafkaException if Kafka does not answer: the liker is removed then, and the next run completes the erasure
     */
    public void erase(String authorId, String likerId) {
        await(settings.checkUntilEqual()); // under another secret, the liker has another hash
        Admin admin = clients.admin();
        try {
            EndOffsets endOffsets = new EndOffsets(admin, () -> clients.describeLog(admin));
            stores.open(endOffsets, clock).likers().erase(authorId, likerId);
        } finally {
            KafkaClients.closeImmediately(admin);
            await(ProgressStore.untilCachesFollow());
        }
    }
}
