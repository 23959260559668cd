package io.heartline.reports.erasure;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.client.model.Indexes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.conversions.Bson;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Stores erasures of likers in MongoDB, until the log no longer has the likes. The erasures of an author are numbered: a number is
 * inserted after all lower numbers, so a reader that sees it has seen them.
 */
public class LikerErasureStore {

    /** The name of the collection. */
    public static final String COLLECTION = "likerErasures";

    /** The index by which the erasures of several authors are found. */
    public static final Bson INDEX = Indexes.ascending("authorId", "number");

    /** Up to this number, all erasures are read, because they are fewer bytes than the ids of the authors in question. */
    private static final int FEW_ERASURES = 100;

    private static final Sort BY_NUMBER = Sort.by("authorId", "number");
    private static final int MAX_INSERTIONS = 100;

    private final ReactiveMongoTemplate mongo;

    /**
     * Creates a store, which any number of threads may use.
     *
     * @param mongo the template whose timeout applies to each operation
     */
    public LikerErasureStore(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /**
     * Adds an erasure. Its number is the time, or one more than the last number. So it is higher than the numbers that reports have of
     * erasures that were removed.
     */
    Mono<LikerErasure> add(String authorId, long liker, String secretCheck, Instant now) {
        Query last = query(where("authorId").is(authorId))
                .with(Sort.by(Sort.Direction.DESC, "number"))
                .limit(1);
        return Mono.defer(() -> mongo.find(last, LikerErasure.class).next())
                .map(LikerErasure::number)
                .defaultIfEmpty(0L)
                .flatMap(number -> mongo.insert(LikerErasure.requested(
                        authorId, Math.max(number + 1, now.toEpochMilli()), liker, secretCheck, now)))
                .retryWhen(Retry.max(MAX_INSERTIONS) // another instance has inserted the same number
                        .filter(DuplicateKeyException.class::isInstance));
    }

    /** Returns the erasures of these authors' likers, in the order of their numbers. Authors without any are missing. */
    Mono<Map<String, List<LikerErasure>>> find(Collection<String> authorIds) {
        // deferred, because Spring maps a thousand ids when a query is created
        Flux<LikerErasure> ofAuthors = Flux.defer(
                () -> mongo.find(query(where("authorId").in(authorIds)).with(BY_NUMBER), LikerErasure.class));
        if (authorIds.size() <= FEW_ERASURES) {
            return byAuthor(ofAuthors);
        }
        // Most databases have few erasures, and a run asks for a thousand authors at a time.
        return mongo.find(new Query().with(BY_NUMBER).limit(FEW_ERASURES + 1), LikerErasure.class)
                .collectList()
                .flatMap(some -> byAuthor(
                        some.size() > FEW_ERASURES
                                ? ofAuthors
                                : Flux.fromIterable(some).filter(each -> authorIds.contains(each.authorId()))));
    }

    /** Returns all erasures, by author. */
    Mono<Map<String, List<LikerErasure>>> findAll() {
        return byAuthor(mongo.find(new Query().with(BY_NUMBER), LikerErasure.class));
    }

    private static Mono<Map<String, List<LikerErasure>>> byAuthor(Flux<LikerErasure> erasures) {
        return erasures.collect(
                HashMap::new, (byAuthor, each) -> byAuthor.computeIfAbsent(each.authorId(), author -> new ArrayList<>())
                        .add(each));
    }

    /** Stores the pairs that were found, unless another instance has stored them. It may have removed posts since. */
    Mono<Void> setPairs(LikerErasure erasure, byte[] pairs) {
        Query missing = query(where("_id")
                .is(erasure.id())
                .and("pairs")
                .is(null)
                .and("isComplete")
                .is(null));
        return update(missing, new Update().set("pairs", pairs));
    }

    Mono<Void> setComplete(LikerErasure erasure) {
        return update(byId(erasure), new Update().set("isComplete", true).unset("pairs"));
    }

    /** Stores what the erasure covers, unless it is settled already. */
    Mono<Void> settle(LikerErasure pending, EndOffsets.EndOffset end, int generation) {
        Update settled = new Update()
                .set("epoch", end.epoch())
                .set("generation", generation)
                .set("partition", end.partition())
                .set("through", end.offset());
        return update(query(where("_id").is(pending.id()).and("through").is(null)), settled);
    }

    Flux<LikerErasure> findDue(Instant now) {
        return mongo.find(query(where("sweepAt").lte(now)).with(BY_NUMBER), LikerErasure.class);
    }

    Mono<Void> scheduleSweep(LikerErasure erasure, Instant next) {
        return update(byId(erasure), new Update().set("sweepAt", next));
    }

    Mono<Void> remove(LikerErasure erasure) {
        return mongo.remove(byId(erasure), LikerErasure.class).then();
    }

    /** Removes the earlier erasures of the same liker, which a settled one includes. */
    Mono<Void> removeEarlier(LikerErasure settled) {
        return mongo.remove(
                        query(where("authorId")
                                .is(settled.authorId())
                                .and("liker")
                                .is(settled.liker())
                                .and("secretCheck")
                                .is(settled.secretCheck())
                                .and("number")
                                .lt(settled.number())),
                        LikerErasure.class)
                .then();
    }

    private Mono<Void> update(Query query, Update update) {
        return mongo.updateFirst(query, update, LikerErasure.class).then();
    }

    private static Query byId(LikerErasure erasure) {
        return query(where("_id").is(erasure.id()));
    }
}
