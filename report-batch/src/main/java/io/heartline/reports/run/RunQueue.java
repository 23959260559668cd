package io.heartline.reports.run;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Mono;

/** Which run is going and which one waits behind it, for all instances: one document, moved by compare-and-set. */
public class RunQueue {

    private static final String DOCUMENT_ID = "runs";

    private final ReactiveMongoTemplate mongo;

    /**
     * Ids of runs.
     *
     * @param running null if none is
     * @param waiting null if none is
     */
    @Document("runQueue")
    public record QueueState(@Id String id, String running, String waiting) {

        private static final QueueState EMPTY = new QueueState(DOCUMENT_ID, null, null);

        public boolean contains(String run) {
            return run.equals(running) || run.equals(waiting);
        }

        public boolean isEmpty() {
            return running == null && waiting == null;
        }
    }

    public RunQueue(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    public Mono<QueueState> state() {
        return mongo.findById(DOCUMENT_ID, QueueState.class).defaultIfEmpty(QueueState.EMPTY);
    }

    /** @return the run that waits from now on: this one, or the one that waited already */
    Mono<String> enqueue(String run) {
        return move(where("waiting").is(null), new Update().set("waiting", run))
                .flatMap(isQueued -> isQueued
                        ? Mono.just(run)
                        : state().flatMap(state -> state.waiting() != null
                                ? Mono.just(state.waiting())
                                // there is no queue yet, or what waited has begun this moment
                                : createIfAbsent().then(Mono.defer(() -> enqueue(run)))));
    }

    /** @return whether the run waits now in place of another one */
    Mono<Boolean> replace(String waiting, String run) {
        return move(where("waiting").is(waiting), new Update().set("waiting", run));
    }

    /** @return whether the waiting run is the running one now */
    public Mono<Boolean> start(String waiting) {
        return move(
                where("running").is(null).and("waiting").is(waiting),
                new Update().set("running", waiting).unset("waiting"));
    }

    public Mono<Boolean> finish(String running) {
        return move(where("running").is(running), new Update().unset("running"));
    }

    private Mono<Boolean> move(Criteria from, Update to) {
        return mongo.updateFirst(query(from.and("_id").is(DOCUMENT_ID)), to, QueueState.class)
                .map(result -> result.getMatchedCount() == 1);
    }

    private Mono<Void> createIfAbsent() {
        return mongo.insert(QueueState.EMPTY)
                .onErrorComplete(DuplicateKeyException.class)
                .then();
    }
}
