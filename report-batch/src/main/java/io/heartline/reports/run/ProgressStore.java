package io.heartline.reports.run;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.ReadConcern;
import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.reports.Hello;
import io.heartline.reports.run.Progress.Unstable;
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
    Mono<Progress> ofCertainly(int partition) {
        Query one = query(where("_id").is(partition));
        return Hello.ask(mongo)
                .flatMap(hello -> mongo.findOne(
                        hello.setName() == null ? one : one.withReadConcern(ReadConcern.LINEARIZABLE), Progress.class));
    }

    Mono<Progress> of(int partition) {
        return mongo.findById(partition, Progress.class);
    }

    /** @return false if the partition has progress already */
    Mono<Boolean> begin(Progress first) {
        return mongo.insert(first).thenReturn(true).onErrorReturn(DuplicateKeyException.class, false);
    }

    /**
     * Takes a partition, or keeps one for longer, so that others fold other ones meanwhile.
     *
     * @return where it stands; empty if somebody else has it
     */
    Mono<Progress> lease(Progress seen, String owner, Instant now, Duration length) {
        Criteria free = new Criteria()
                .orOperator(
                        where("owner").is(owner),
                        where("owner").is(null),
                        where("leasedUntil").lt(now),
                        where("leasedUntil").gt(latest(now, length)));
        return mongo.findAndModify(
                query(positions(seen).andOperator(free)),
                new Update().set("owner", owner).set("leasedUntil", now.plus(length)),
                FindAndModifyOptions.options().returnNew(true),
                Progress.class);
    }

    /** Whether others may take the partition over. */
    static boolean isOver(Instant leasedUntil, Instant now, Duration length) {
        return leasedUntil.isBefore(now) || leasedUntil.isAfter(latest(now, length));
    }

    /**
     * Until when an instance may have it whose clock is not as ours is. A later end was written by a clock that is wrong, or by
     * ours when it was: its owner may have died, and nobody would fold the partition until that time has come.
     */
    private static Instant latest(Instant now, Duration length) {
        return now.plus(length.multipliedBy(2));
    }

    /** Lets others have it at once. */
    Mono<Void> release(int partition, String owner) {
        return mongo.updateFirst(
                        query(where("_id").is(partition).and("owner").is(owner)),
                        new Update().unset("owner").unset("leasedUntil"),
                        Progress.class)
                .then();
    }

    /** @return false if the partition no longer stands where {@code from} says: somebody else has moved it */
    Mono<Boolean> advance(Progress from, Progress to) {
        Update update = new Update().set("next", to.next()).set("leaderEpoch", to.leaderEpoch());
        if (to.asOf() != null) {
            update.max("asOf", to.asOf()); // others may have vouched for a later time already
        }
        if (to.unstable() != null) {
            update.set("unstable", to.unstable());
        }
        return mongo.updateFirst(query(positions(from).and("next").is(from.next())), update, Progress.class)
                .map(result -> result.getMatchedCount() == 1);
    }

    /** Nothing was logged since: the same figures, and a later time to vouch for them. */
    Mono<Void> vouch(Progress at, Instant asOf) {
        return mongo.updateFirst(
                        query(positions(at).and("next").gte(at.next())), new Update().max("asOf", asOf), Progress.class)
                .then();
    }

    /** Notes what waits for a transaction, unless another instance has noted something since {@code at} was read. */
    Mono<Void> note(Progress at, Unstable unstable) {
        Long known = at.unstable() == null ? null : at.unstable().highWatermark();
        return mongo.updateFirst(
                        query(positions(at).and("unstable.highWatermark").is(known)),
                        new Update().set("unstable", unstable),
                        Progress.class)
                .then();
    }

    /** @return false if it was moved meanwhile */
    Mono<Boolean> replace(Progress from, Progress to) {
        return mongo.findAndReplace(query(positions(from).and("next").is(from.next())), to)
                .hasElement();
    }

    Mono<Void> delete(Progress at) {
        return mongo.remove(query(positions(at).and("next").is(at.next())), Progress.class)
                .then();
    }

    private static Criteria positions(Progress at) {
        return where("_id")
                .is(at.partition())
                .and("epoch")
                .is(at.epoch())
                .and("generation")
                .is(at.generation());
    }
}
