package io.heartline.reports.progress;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.ReadConcern;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.heartline.events.LikesLog;
import io.heartline.reports.mongo.HelloResponse;
import io.heartline.reports.progress.Progress.Unstable;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Mono;

/** Stores progress in MongoDB, a document per partition. Progress advances by compare-and-set. */
public class ProgressStore {

    /** The longest time for which an instance may answer requests from progress that it has read before. */
    public static final Duration MAX_CACHE_LAG = Duration.ofMillis(100);

    private final ReactiveMongoTemplate mongo;
    private final Mono<MongoCollection<Document>> documents;

    /**
     * Creates a store, which any number of threads may use.
     *
     * @param mongo the template whose timeout applies to each operation
     */
    public ProgressStore(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
        // Spring looks for a transaction each time
        this.documents = mongo.getCollection(ProgressDocument.COLLECTION).cacheInvalidateIf(collection -> false);
    }

    /** {@return the progress of all partitions, by partition; an empty map before the first run} */
    public Mono<Map<Integer, Progress>> all() {
        return all(null);
    }

    /**
     * {@return the progress of all partitions, by partition; an empty map before the first run} It fails with the exceptions of
     * MongoDB's driver.
     *
     * @param session in which progress is read; null for none
     */
    public Mono<Map<Integer, Progress>> all(@Nullable ClientSession session) {
        return documents
                .flatMapMany(collection -> session == null ? collection.find() : collection.find(session))
                .collect(HashMap::new, (all, document) -> {
                    Progress progress = ProgressDocument.progress(document);
                    all.put(progress.partition(), progress);
                });
    }

    /**
     * Reads the progress of a partition, for a decision that would be wrong with an older answer. On a replica set the
     * primary first proves that it still is the primary.
     *
     * @param partition the partition's number, from 0
     * @return the progress; empty if there is none
     */
    public Mono<Progress> findLinearizable(int partition) {
        Query byId = query(where("_id").is(partition));
        return HelloResponse.fetch(mongo)
                .flatMap(hello -> mongo.findOne(
                        hello.setName() == null ? byId : byId.withReadConcern(ReadConcern.LINEARIZABLE),
                        Progress.class));
    }

    /**
     * {@return the progress of a partition; empty if there is none}
     *
     * @param partition the partition's number, from 0
     */
    public Mono<Progress> find(int partition) {
        return mongo.findById(partition, Progress.class);
    }

    /** @return false if the partition has progress already */
    Mono<Boolean> insertIfAbsent(Progress first) {
        return mongo.insert(first).thenReturn(true).onErrorReturn(DuplicateKeyException.class, false);
    }

    /**
     * Leases a partition, or renews the lease, so that other instances fold other ones.
     *
     * @param seen the progress that the caller has read
     * @param owner the id of the instance that leases the partition
     * @param now the time by the caller's clock
     * @param duration how long the lease lasts from {@code now}
     * @return the progress of the partition; empty if another instance has leased it, or its offsets were reset since
     *     {@code seen}
     */
    public Mono<Progress> acquireLease(Progress seen, String owner, Instant now, Duration duration) {
        Criteria free = new Criteria()
                .orOperator(
                        where("owner").is(owner),
                        where("owner").is(null),
                        where("leasedUntil").lt(now),
                        where("leasedUntil").gt(latestPlausibleEnd(now, duration)));
        return mongo.findAndModify(
                query(matches(seen).andOperator(free)),
                new Update()
                        .set("owner", owner)
                        .set("leasedUntil", now.plus(duration))
                        .set("stamp", Progress.randomStamp()),
                FindAndModifyOptions.options().returnNew(true),
                Progress.class);
    }

    /**
     * {@return whether other instances may take over the partition}
     *
     * @param leasedUntil the end of the lease; not null
     * @param now the time by the caller's clock
     * @param duration of a new lease; an end that is more than twice as far ahead was written by a wrong clock
     */
    public static boolean isLeaseExpired(Instant leasedUntil, Instant now, Duration duration) {
        return leasedUntil.isBefore(now) || leasedUntil.isAfter(latestPlausibleEnd(now, duration));
    }

    /**
     * Returns the latest end of a lease that another clock may have set. A later end was written by a wrong clock. Its owner may have
     * died, and no instance would fold the partition until then.
     */
    private static Instant latestPlausibleEnd(Instant now, Duration duration) {
        return now.plus(duration.multipliedBy(2));
    }

    /**
     * Lets other instances lease the partition immediately.
     *
     * @param partition the partition's number, from 0
     * @param owner the instance that holds the lease; a lease of another instance stays
     * @return completes after the write, also if there was no such lease
     */
    public Mono<Void> releaseLease(int partition, String owner) {
        return mongo.updateFirst(
                        query(where("_id").is(partition).and("owner").is(owner)),
                        new Update().unset("owner").unset("leasedUntil"),
                        Progress.class)
                .then();
    }

    /**
     * Advances a partition by compare-and-set. The lease stays as it is stored.
     *
     * @param from the progress that the caller has read; its epoch, generation and {@code next} are compared
     * @param to the same partition at a later offset
     * @return false if another instance has advanced or reset the partition since {@code from}
     */
    public Mono<Boolean> advance(Progress from, Progress to) {
        Update update = new Update().set("next", to.next()).set("leaderEpoch", to.leaderEpoch());
        if (to.asOf() != null) {
            update.max("asOf", to.asOf()); // another instance may have set a later time
        }
        if (to.unstable() != null) {
            update.set("unstable", to.unstable());
        }
        return mongo.updateFirst(query(matches(from).and("next").is(from.next())), update, Progress.class)
                .map(result -> result.getMatchedCount() == 1);
    }

    /**
     * Sets a later {@code asOf} without new records.
     *
     * @param progress the progress that the caller has read; if its offsets were reset since then, nothing is changed
     * @param asOf everything that was logged by then is folded; a later time that is stored stays
     * @return completes after the write, also if nothing was changed
     */
    public Mono<Void> advanceAsOf(Progress progress, Instant asOf) {
        return mongo.updateFirst(
                        query(matches(progress).and("next").gte(progress.next())),
                        new Update().max("asOf", asOf),
                        Progress.class)
                .then();
    }

    /**
     * Records what an open transaction holds back, unless another instance has recorded it since {@code progress} was read.
     *
     * @param progress the progress that the caller has read
     * @param unstable replaces the records that were held back earlier
     * @return completes after the write, also if nothing was changed
     */
    public Mono<Void> recordUnstable(Progress progress, Unstable unstable) {
        Long knownHighWatermark =
                progress.unstable() == null ? null : progress.unstable().highWatermark();
        return mongo.updateFirst(
                        query(matches(progress).and("unstable.highWatermark").is(knownHighWatermark)),
                        new Update().set("unstable", unstable),
                        Progress.class)
                .then();
    }

    /**
     * Replaces the progress of a partition by compare-and-set, including its epoch, generation and lease.
     *
     * @param from the progress that the caller has read; its epoch, generation and {@code next} are compared
     * @param to the new progress of the same partition
     * @return false if another instance has advanced or reset the partition since {@code from}
     */
    public Mono<Boolean> replace(Progress from, Progress to) {
        return mongo.findAndReplace(query(matches(from).and("next").is(from.next())), to)
                .hasElement();
    }

    /**
     * Removes the progress of a partition that no longer exists, unless it has been changed meanwhile.
     *
     * @param progress the progress that the caller has read; its epoch, generation and {@code next} are compared
     * @return completes after the removal, also if nothing was removed
     */
    public Mono<Void> delete(Progress progress) {
        return mongo.remove(query(matches(progress).and("next").is(progress.next())), Progress.class)
                .then();
    }

    /**
     * Sets another stamp after reports of an author were deleted, so that no instance serves them from its cache any longer.
     *
     * @param authorId the author
     * @return completes after the write; without progress nothing is written, and no instance serves cached reports
     */
    public Mono<Void> markReportsDeleted(String authorId) {
        return all().flatMapIterable(Map::values)
                .next()
                .flatMap(any -> mongo.updateFirst(
                        query(where("_id").is(LikesLog.partitionOf(authorId, any.partitions()))),
                        new Update().set("stamp", Progress.randomStamp()),
                        Progress.class))
                .then();
    }

    /**
     * Waits until each instance answers from progress with all writes before the subscription, so that a caller can rely on them.
     *
     * @return completes after {@link #MAX_CACHE_LAG}
     */
    public static Mono<Void> untilCachesFollow() {
        return Mono.delay(MAX_CACHE_LAG).then();
    }

    private static Criteria matches(Progress progress) {
        return where("_id")
                .is(progress.partition())
                .and("epoch")
                .is(progress.epoch())
                .and("generation")
                .is(progress.generation());
    }
}
