package io.heartline.reports.run;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Mono;

/** The queue of runs, which all instances share: one document that is changed by compare-and-set. */
public class RunQueue {

    private static final String DOCUMENT_ID = "runs";

    private final ReactiveMongoTemplate mongo;

    /**
     * The stored document.
     *
     * @param running the id of the run that is running; null if there is none
     * @param waiting the id of the run that waits; null if there is none
     */
    @Document("runQueue")
    record QueueDocument(
            @Id String id,
            @Nullable String running,
            @Nullable String waiting) {}

    /**
     * Creates a queue, which any number of threads may use.
     *
     * @param mongo the template whose timeout applies to each operation
     */
    public RunQueue(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /** {@return the runs in the queue, as a majority of MongoDB's members knows them; never empty} */
    public Mono<QueueState> state() {
        return mongo.findById(DOCUMENT_ID, QueueDocument.class)
                .map(document -> QueueState.of(document.running(), document.waiting()))
                .defaultIfEmpty(new QueueState.Idle());
    }

    /** @return the run that waits from now on: this one, or the one that waited already */
    Mono<String> enqueue(String run) {
        return move(where("waiting").is(null), new Update().set("waiting", run))
                .flatMap(isQueued -> isQueued
                        ? Mono.just(run)
                        : state().flatMap(state -> state.waiting() != null
                                ? Mono.just(state.waiting())
                                // there is no document yet, or the run that waited has just started
                                : createIfAbsent().then(Mono.defer(() -> enqueue(run)))));
    }

    /** @return whether the run waits now in place of another one */
    Mono<Boolean> replace(String waiting, String run) {
        return move(where("waiting").is(waiting), new Update().set("waiting", run));
    }

    /**
     * Starts the run that waits, unless another run is running.
     *
     * @param waiting the id of the run that waits
     * @return whether the waiting run is the running one now
     */
    public Mono<Boolean> start(String waiting) {
        return move(
                where("running").is(null).and("waiting").is(waiting),
                new Update().set("running", waiting).unset("waiting"));
    }

    /**
     * Removes the running run from the queue.
     *
     * @param running the id of the run that is running
     * @return false if the run was not running
     */
    public Mono<Boolean> finish(String running) {
        return move(where("running").is(running), new Update().unset("running"));
    }

    private Mono<Boolean> move(Criteria from, Update to) {
        return mongo.updateFirst(query(from.and("_id").is(DOCUMENT_ID)), to, QueueDocument.class)
                .map(result -> result.getMatchedCount() == 1);
    }

    private Mono<Void> createIfAbsent() {
        return mongo.insert(new QueueDocument(DOCUMENT_ID, null, null))
                .onErrorComplete(DuplicateKeyException.class)
                .then();
    }
}
