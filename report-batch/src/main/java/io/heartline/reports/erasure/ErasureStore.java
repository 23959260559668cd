package io.heartline.reports.erasure;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Stores erasures in MongoDB: a document for each erased author, until the log no longer has the author's likes. */
public class ErasureStore {

    static final String COLLECTION = "erasures";

    /** Up to this number, all erasures are read, because they are fewer bytes than the ids of the authors in question. */
    private static final int FEW_ERASURES = 100;

    private final ReactiveMongoTemplate mongo;

    /**
     * Creates a store, which any number of threads may use.
     *
     * @param mongo the template whose timeout applies to each operation
     */
    public ErasureStore(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /** Replaces an earlier erasure of the author. */
    Mono<Void> save(Erasure erasure) {
        return mongo.save(erasure)
                .retryWhen(Retry.max(1)
                        .filter(
                                DuplicateKeyException.class
                                        ::isInstance)) // two instances have inserted the first erasure of an author
                .then();
    }

    Mono<Erasure> find(String authorId) {
        return mongo.findById(authorId, Erasure.class);
    }

    /**
     * {@return the latest erasures that exist among these authors, by author}
     *
     * @param authorIds the authors; the collection may be empty
     */
    public Mono<Map<String, Erasure>> find(Collection<String> authorIds) {
        // deferred, because Spring maps a thousand ids when a query is created
        Mono<Map<String, Erasure>> ofAuthors =
                Mono.defer(() -> byAuthor(query(where("_id").in(authorIds))));
        if (authorIds.size() <= FEW_ERASURES) {
            return ofAuthors;
        }
        // Most databases have few erasures, and a run asks for a thousand authors at a time.
        return byAuthor(new Query().limit(FEW_ERASURES + 1)).flatMap(some -> {
            if (some.size() > FEW_ERASURES) {
                return ofAuthors;
            }
            some.keySet().retainAll(authorIds);
            return Mono.just(some);
        });
    }

    /** {@return all erasures, by author; an empty map if there are none} */
    public Mono<Map<String, Erasure>> findAll() {
        return byAuthor(new Query());
    }

    private Mono<Map<String, Erasure>> byAuthor(Query query) {
        return mongo.find(query, Erasure.class).collectMap(Erasure::authorId);
    }

    /** Stores what the erasure covers, unless it is settled already or the author was erased again. */
    Mono<Void> settle(Erasure pending, EndOffsets.EndOffset end, int generation) {
        Update settled = new Update()
                .set("epoch", end.epoch())
                .set("generation", generation)
                .set("partition", end.partition())
                .set("through", end.offset());
        return mongo.updateFirst(query(unchanged(pending).and("through").is(null)), settled, Erasure.class)
                .then();
    }

    Flux<Erasure> findDue(Instant now) {
        return mongo.find(query(where("sweepAt").lte(now)), Erasure.class);
    }

    Mono<Void> scheduleSweep(Erasure erasure, Instant next) {
        return mongo.updateFirst(query(unchanged(erasure)), new Update().set("sweepAt", next), Erasure.class)
                .then();
    }

    /** Records that the feed of revisions has the erasure, unless the author was erased again. */
    Mono<Void> setInFeed(Erasure erasure) {
        return mongo.updateFirst(query(unchanged(erasure)), new Update().set("isInFeed", true), Erasure.class)
                .then();
    }

    Mono<Void> remove(Erasure erasure) {
        return mongo.remove(query(unchanged(erasure)), Erasure.class).then();
    }

    /** Matches only if the author was not erased again. */
    private static Criteria unchanged(Erasure erasure) {
        return where("_id").is(erasure.authorId()).and("mark").is(erasure.mark());
    }
}
