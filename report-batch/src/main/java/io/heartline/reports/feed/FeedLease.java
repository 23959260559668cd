package io.heartline.reports.feed;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.or;
import static io.heartline.reports.mongo.BlockingMongo.await;

import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.UUID;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;

/**
 * A lease in the {@code changeFeed} collection, by which one instance at a time does a task. Correctness must not depend on it: an
 * instance that was paused does not know that its lease has expired. Confined to one thread.
 */
public final class FeedLease {

    /** The lease for entering reports. */
    public static final String SEALING = "lease";

    /** The lease for delivering changes to the webhook. */
    public static final String WEBHOOK = "webhook-lease";

    /** How long a lease lasts after it was acquired or renewed. */
    public static final Duration DURATION = Duration.ofSeconds(30);

    private final Mono<MongoCollection<Document>> documents;
    private final String id;
    private final InstantSource clock;
    private final String owner = UUID.randomUUID().toString();
    private @Nullable Instant renewedAt;

    /**
     * Creates a lease of this instance, which it has not acquired yet.
     *
     * @param mongo the template whose timeout applies to each operation
     * @param id {@link #SEALING} or {@link #WEBHOOK}
     * @param clock the clock of this instance
     */
    public FeedLease(ReactiveMongoTemplate mongo, String id, InstantSource clock) {
        // Spring looks for a transaction each time
        this.documents = mongo.getCollection(FeedStore.COLLECTION).cacheInvalidateIf(collection -> false);
        this.id = id;
        this.clock = clock;
    }

    /**
     * Acquires the lease, or renews it if a third of its time has passed. Blocks the calling thread.
     *
     * @return false if another instance has the lease
     */
    public boolean acquireOrRenew() {
        Instant now = clock.instant();
        Instant last = renewedAt;
        boolean isFresh = last != null && !now.isBefore(last) && now.isBefore(last.plus(DURATION.dividedBy(3)));
        if (isFresh) {
            return true;
        }
        renewedAt = null;
        boolean isAcquired = await(acquire(now));
        if (isAcquired) {
            renewedAt = now;
        }
        return isAcquired;
    }

    private Mono<Boolean> acquire(Instant now) {
        Bson free = or(
                eq("owner", owner),
                lt("leasedUntil", Date.from(now)),
                // such an end was written by a wrong clock, as with the leases of partitions
                gt("leasedUntil", Date.from(now.plus(DURATION.multipliedBy(2)))));
        Bson leased =
                Updates.combine(Updates.set("owner", owner), Updates.set("leasedUntil", Date.from(now.plus(DURATION))));
        return documents
                .flatMap(collection -> Mono.from(
                        collection.updateOne(and(eq("_id", id), free), leased, new UpdateOptions().upsert(true))))
                .thenReturn(true)
                .onErrorResume(FeedStore::isDuplicate, e -> Mono.just(false));
    }

    /** Lets other instances acquire the lease immediately. Blocks the calling thread. A lease of another instance stays. */
    public void release() {
        renewedAt = null;
        await(documents.flatMap(collection -> Mono.from(collection.deleteOne(and(eq("_id", id), eq("owner", owner))))));
    }
}
