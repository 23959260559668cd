package io.heartline.reports.feed;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static io.heartline.reports.mongo.BlockingMongo.await;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.heartline.reports.fold.ReportKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

/**
 * The {@code reportChanges} collection. The id of a change is its number. A writer inserts the numbers after the last one, in order. If
 * another writer was first, the insertion fails with a duplicate key. So a change is visible only after all changes with lower numbers,
 * with any number of writers and after any crash. A reader that reads in the order of numbers misses none.
 *
 * <p>The change with the highest number is never removed, because its number would be used again. The client's read and write concerns
 * must be majority.
 */
public class ChangeStore {

    /** The name of the collection. */
    public static final String COLLECTION = "reportChanges";

    /** The index for the changes of an author. */
    public static final Bson AUTHOR_INDEX = Indexes.ascending(Fields.AUTHOR);

    /** The index for the changes of erased reports by age, with {@link #ERASED}. */
    public static final Bson ERASED_INDEX = Indexes.ascending(Fields.AT);

    /** The filter for the changes of erased reports. */
    public static final Bson ERASED = eq(Fields.REASON, ChangeReason.erased.name());

    /** Another writer made progress at each attempt, so a writer fails only among very many. */
    private static final int MAX_ATTEMPTS = 2_000;

    private static final int MAX_BACKOFF_MILLIS = 10;

    private final Mono<MongoCollection<Document>> changes;

    private static final class Fields {
        static final String ID = "_id";
        static final String WEEK = "week";
        static final String AUTHOR = "authorId";
        static final String REASON = "reason";
        static final String AT = "at";
    }

    /**
     * Creates a store, which any number of threads may use.
     *
     * @param mongo the template whose timeout applies to each operation
     */
    public ChangeStore(ReactiveMongoTemplate mongo) {
        // Spring looks for a transaction each time
        changes = mongo.getCollection(COLLECTION).cacheInvalidateIf(collection -> false);
    }

    /**
     * Appends changes in order. Changes of other writers may come between them. Blocks the calling thread. If it fails, any number of the
     * first changes may be appended, and the caller has to append all of them again.
     *
     * @param appended the changes; their numbers are ignored
     * @return the number of the first change; 0 if there are no changes
     */
    public long append(List<Change> appended) {
        long firstNumber = 0;
        int done = 0;
        for (int attempt = 0; done < appended.size(); attempt++) {
            if (attempt == MAX_ATTEMPTS) {
                throw new IllegalStateException("other instances keep appending to the feed");
            }
            long last = await(last());
            List<Document> rest = documents(appended.subList(done, appended.size()), last);
            int inserted = await(insert(rest));
            firstNumber = firstNumber == 0 && inserted > 0 ? last + 1 : firstNumber;
            done += inserted;
            if (inserted < rest.size()) {
                // the first change of the other writer may not be acknowledged by a majority yet
                await(Mono.delay(Duration.ofMillis(ThreadLocalRandom.current().nextInt(MAX_BACKOFF_MILLIS))));
            }
        }
        return firstNumber;
    }

    /** Returns the number of documents that were inserted before another writer's number. */
    Mono<Integer> insert(List<Document> documents) {
        return changes.flatMap(collection -> Mono.from(collection.insertMany(documents)))
                .thenReturn(documents.size())
                .onErrorResume(MongoBulkWriteException.class, e -> {
                    boolean isTaken = e.getWriteConcernError() == null
                            && e.getWriteErrors().size() == 1
                            && ErrorCategory.fromErrorCode(
                                            e.getWriteErrors().get(0).getCode())
                                    == ErrorCategory.DUPLICATE_KEY;
                    return isTaken ? Mono.just(e.getWriteErrors().get(0).getIndex()) : Mono.error(e);
                });
    }

    private static List<Document> documents(List<Change> appended, long last) {
        List<Document> documents = new ArrayList<>();
        for (Change change : appended) {
            documents.add(new Document(Fields.ID, last + documents.size() + 1)
                    .append(Fields.WEEK, change.key().week().toString())
                    .append(Fields.AUTHOR, change.key().authorId())
                    .append(Fields.REASON, change.reason().name())
                    .append(Fields.AT, Date.from(change.at())));
        }
        return documents;
    }

    /** {@return the highest number; 0 if no change was ever appended} */
    public Mono<Long> last() {
        return changes.flatMap(collection -> Mono.from(collection
                        .find()
                        .sort(Sorts.descending(Fields.ID))
                        .projection(Projections.include(Fields.ID))
                        .first()))
                .map(document -> document.getLong(Fields.ID))
                .defaultIfEmpty(0L);
    }

    /**
     * Reads changes in the order of their numbers.
     *
     * @param number the number before the first change, from 0
     * @param limit the maximum number of changes
     * @return the changes that are not removed
     */
    public Mono<List<Change>> after(long number, int limit) {
        return changes.flatMapMany(collection -> collection
                        .find(gt(Fields.ID, number))
                        .sort(Sorts.ascending(Fields.ID))
                        .limit(limit)
                        .batchSize(limit))
                .map(ChangeStore::change)
                .collectList();
    }

    /** Returns the weeks of the changes of an author. */
    Mono<Set<YearWeek>> weeks(String authorId) {
        return changes.flatMapMany(collection ->
                        collection.find(eq(Fields.AUTHOR, authorId)).projection(Projections.include(Fields.WEEK)))
                .map(document -> YearWeek.parse(document.getString(Fields.WEEK)))
                .collect(Collectors.toSet());
    }

    /** Removes the author's changes of some weeks before a number, which is the number of a later change. */
    Mono<Void> removeBefore(String authorId, Collection<YearWeek> weeks, long number) {
        List<String> names = weeks.stream().map(YearWeek::toString).toList();
        return remove(and(eq(Fields.AUTHOR, authorId), in(Fields.WEEK, names), lt(Fields.ID, number)));
    }

    /**
     * Reads the reports of changes {@code erased}.
     *
     * @param number the number before the first change
     * @param last the number of the last change, inclusive
     * @return the keys of the reports, each once
     */
    public Mono<Set<ReportKey>> erasedBetween(long number, long last) {
        return changes.flatMapMany(
                        collection -> collection.find(and(ERASED, gt(Fields.ID, number), lte(Fields.ID, last))))
                .map(document -> change(document).key())
                .collect(Collectors.toSet());
    }

    /**
     * Reads the changes of erased reports that are old.
     *
     * @param time the end of the changes' times, exclusive
     * @param last the highest number, whose change is excluded
     * @param limit the maximum number of changes
     * @return the changes in the order of their numbers
     */
    public Mono<List<Change>> erasedBefore(Instant time, long last, int limit) {
        return changes.flatMapMany(collection -> collection
                        .find(and(ERASED, lt(Fields.AT, Date.from(time)), lt(Fields.ID, last)))
                        .sort(Sorts.ascending(Fields.ID))
                        .limit(limit))
                .map(ChangeStore::change)
                .collectList();
    }

    /**
     * Removes the changes of a report before a number.
     *
     * @param key the week and the author of the report
     * @param number the number after the last removed change; at most the highest number
     * @return completes after the removal
     */
    public Mono<Void> removeBefore(ReportKey key, long number) {
        return remove(and(
                eq(Fields.AUTHOR, key.authorId()), eq(Fields.WEEK, key.week().toString()), lt(Fields.ID, number)));
    }

    private Mono<Void> remove(Bson filter) {
        return changes.flatMap(collection -> Mono.from(collection.deleteMany(filter)))
                .then();
    }

    private static Change change(Document document) {
        return new Change(
                document.getLong(Fields.ID),
                new ReportKey(YearWeek.parse(document.getString(Fields.WEEK)), document.getString(Fields.AUTHOR)),
                ChangeReason.valueOf(document.getString(Fields.REASON)),
                document.getDate(Fields.AT).toInstant());
    }
}
