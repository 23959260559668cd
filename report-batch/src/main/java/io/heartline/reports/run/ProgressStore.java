package io.heartline.reports.run;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import java.util.Map;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
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
        return mongo.findAll(Progress.class).collectMap(Progress::partition);
    }

    /** @return false if the partition has progress already */
    public Mono<Boolean> begin(Progress first) {
        return mongo.insert(first).thenReturn(true).onErrorReturn(DuplicateKeyException.class, false);
    }

    /** @return false if the partition no longer stands where {@code from} says: somebody else has moved it */
    public Mono<Boolean> advance(Progress from, Progress to) {
        Update update = new Update().set("next", to.next()).set("leaderEpoch", to.leaderEpoch());
        if (to.asOf() != null) {
            update.max("asOf", to.asOf()); // others may have vouched for a later time already
        }
        return mongo.updateFirst(
                        query(where("_id")
                                .is(from.partition())
                                .and("epoch")
                                .is(from.epoch())
                                .and("next")
                                .is(from.next())),
                        update,
                        Progress.class)
                .map(result -> result.getMatchedCount() == 1);
    }
}
