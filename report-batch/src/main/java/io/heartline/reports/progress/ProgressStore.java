package io.heartline.reports.progress;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.ReadConcern;
import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.reports.mongo.HelloResponse;
import io.heartline.reports.progress.Progress.Unstable;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoOperations;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Mono;

/** The {@code progress} collection, a document per partition. Moves by compare-and-set and never back. */
public class ProgressStore {

    private final ReactiveMongoTemplate mongo;

    public ProgressStore(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /** By partition; empty before the first run. */
    public Mono<Map<Integer, Progress>> all() {
        return all(null);
    }

    /** @param session null for none */
    public Mono<Map<Integer, Progress>> all(@Nullable ClientSession session) {
        ReactiveMongoOperations reads = session == null ? mongo : mongo.withSession(session);
        return reads.findAll(Progress.class).collectMap(Progress::partition);
    }

    /**
     * Reads where a partition stands, for a decision that would be wrong with an older answer. On a replica set the primary
     * first proves that it still is the primary.
     */
    public Mono<Progress> findLinearizable(int partition) {
        Query byId = query(where("_id").is(partition));
        return HelloResponse.fetch(mongo)
                .flatMap(hello -> mongo.findOne(
                        hello.setName() == null ? byId : byId.withReadConcern(ReadConcern.LINEARIZABLE),
                        Progress.class));
    }

    public Mono<Progress> find(int partition) {
        return mongo.findById(partition, Progress.class);
    }

    /** @return false if the partition has progress already */
    Mono<Boolean> insertIfAbsent(Progress first) {
        return mongo.insert(first).thenReturn(true).onErrorReturn(DuplicateKeyException.class, false);
    }

    /**
     * Takes a partition, or keeps one for longer, so that others fold other ones meanwhile.
     *
     * @return where it stands; empty if somebody else has it
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
                new Update().set("owner", owner).set("leasedUntil", now.plus(duration)),
                FindAndModifyOptions.options().returnNew(true),
                Progress.class);
    }

    /** Whether others may take the partition over. */
    public static boolean isLeaseExpired(Instant leasedUntil, Instant now, Duration duration) {
        return leasedUntil.isBefore(now) || leasedUntil.isAfter(latestPlausibleEnd(now, duration));
    }

    /**
     * Until when an instance may have it whose clock is not as ours is. A later end was written by a clock that is wrong, or by
     * ours when it was: its owner may have died, and nobody would fold the partition until that time has come.
     */
    private static Instant latestPlausibleEnd(Instant now, Duration duration) {
        return now.plus(duration.multipliedBy(2));
    }

    /** Lets others have it at once. */
    public Mono<Void> releaseLease(int partition, String owner) {
        return mongo.updateFirst(
                        query(where("_id").is(partition).and("owner").is(owner)),
                        new Update().unset("owner").unset("leasedUntil"),
                        Progress.class)
                .then();
    }

    /** @return false if the partition no longer stands where {@code from} says: somebody else has moved it */
    public Mono<Boolean> advance(Progress from, Progress to) {
        Update update = new Update().set("next", to.next()).set("leaderEpoch", to.leaderEpoch());
        if (to.asOf() != null) {
            update.max("asOf", to.asOf()); // others may have vouched for a later time already
        }
        if (to.unstable() != null) {
            update.set("unstable", to.unstable());
        }
        return mongo.updateFirst(query(matches(from).and("next").is(from.next())), update, Progress.class)
                .map(result -> result.getMatchedCount() == 1);
    }

    /** Nothing was logged since: the same figures, and a later time to vouch for them. */
    public Mono<Void> advanceAsOf(Progress progress, Instant asOf) {
        return mongo.updateFirst(
                        query(matches(progress).and("next").gte(progress.next())),
                        new Update().max("asOf", asOf),
                        Progress.class)
                .then();
    }

    /** Notes what waits for a transaction, unless another instance has noted something since {@code at} was read. */
    public Mono<Void> recordUnstable(Progress progress, Unstable unstable) {
        Long knownHighWatermark =
                progress.unstable() == null ? null : progress.unstable().highWatermark();
        return mongo.updateFirst(
                        query(matches(progress).and("unstable.highWatermark").is(knownHighWatermark)),
                        new Update().set("unstable", unstable),
                        Progress.class)
                .then();
    }

    /** @return false if it was moved meanwhile */
    public Mono<Boolean> replace(Progress from, Progress to) {
        return mongo.findAndReplace(query(matches(from).and("next").is(from.next())), to)
                .hasElement();
    }

    public Mono<Void> delete(Progress progress) {
        return mongo.remove(query(matches(progress).and("next").is(progress.next())), Progress.class)
                .then();
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
