package io.heartline.reports.feed;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.regex;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoWriteException;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

/**
 * The {@code changeFeed} collection: the feed's id and the removed changes, and the sealing passes. {@link FeedLease} has its leases.
 */
public class FeedStore {

    /** The name of the collection. */
    public static final String COLLECTION = "changeFeed";

    private static final String FEED = "feed";
    private static final String PASS = "pass/";

    private final Mono<MongoCollection<Document>> documents;

    /**
     * The feed of a database.
     *
     * @param id random; a cursor of another database's feed has another id
     * @param removedThrough the highest number of the changes {@code erased} that were removed because of their age; 0 if none was
     * @param erasedThrough up to this number, reports with a change {@code erased} that exist nevertheless are marked
     */
    public record Feed(String id, long removedThrough, long erasedThrough) {}

    /**
     * The sealing pass of a week.
     *
     * @param lastAuthor the last author whose report is entered; all authors before it are entered, too; null at the start
     * @param isDone whether the reports of all authors are entered
     */
    public record Pass(@Nullable String lastAuthor, boolean isDone) {

        /** The pass of a week of which no report is entered. */
        public static final Pass NOT_STARTED = new Pass(null, false);
    }

    /**
     * Creates a store, which any number of threads may use.
     *
     * @param mongo the template whose timeout applies to each operation
     */
    public FeedStore(ReactiveMongoTemplate mongo) {
        // Spring looks for a transaction each time
        documents = mongo.getCollection(COLLECTION).cacheInvalidateIf(collection -> false);
    }

    /** {@return the feed, which is created if it does not exist} */
    public Mono<Feed> feed() {
        return find().switchIfEmpty(Mono.defer(this::create));
    }

    private Mono<Feed> find() {
        return documents
                .flatMap(
                        collection -> Mono.from(collection.find(eq("_id", FEED)).first()))
                .map(document -> new Feed(
                        document.getString("feed"),
                        document.getLong("removedThrough"),
                        document.getLong("erasedThrough")));
    }

    private Mono<Feed> create() {
        String id = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Document first = new Document("_id", FEED)
                .append("feed", id)
                .append("removedThrough", 0L)
                .append("erasedThrough", 0L);
        return documents
                .flatMap(collection -> Mono.from(collection.insertOne(first)))
                .thenReturn(new Feed(id, 0, 0))
                .onErrorResume(FeedStore::isDuplicate, e -> find());
    }

    /**
     * Records that changes of erased reports are removed. Called before they are removed.
     *
     * @param number the highest number of them; a higher stored number stays
     * @return completes after the write
     */
    public Mono<Void> raiseRemovedThrough(long number) {
        return feed().then(update(FEED, Updates.max("removedThrough", number)));
    }

    /**
     * Records that the reports with a change {@code erased} are marked.
     *
     * @param number the highest number of such a change; a higher stored number stays
     * @return completes after the write
     */
    public Mono<Void> raiseErasedThrough(long number) {
        return feed().then(update(FEED, Updates.max("erasedThrough", number)));
    }

    /** {@return the passes that have started, by week} */
    public Mono<Map<YearWeek, Pass>> passes() {
        return documents
                .flatMapMany(collection -> collection.find(regex("_id", "^" + PASS)))
                .collect(
                        HashMap::new,
                        (passes, document) -> passes.put(
                                YearWeek.parse(document.getString("_id").substring(PASS.length())),
                                new Pass(document.getString("lastAuthor"), document.getBoolean("done", false))));
    }

    /**
     * Records how far a pass has come. Several instances may run the same pass: the highest author counts.
     *
     * @param week the week
     * @param lastAuthor the author up to whom all reports are entered, inclusive
     * @return completes after the write
     */
    public Mono<Void> advancePass(YearWeek week, String lastAuthor) {
        return update(PASS + week, Updates.max("lastAuthor", lastAuthor));
    }

    /**
     * Records that the reports of all authors are entered.
     *
     * @param week the week
     * @return completes after the write
     */
    public Mono<Void> finishPass(YearWeek week) {
        return update(PASS + week, Updates.set("done", true));
    }

    private Mono<Void> update(String id, Bson update) {
        return documents
                .flatMap(collection ->
                        Mono.from(collection.updateOne(eq("_id", id), update, new UpdateOptions().upsert(true))))
                .then();
    }

    /**
     * {@return whether a document was not inserted because another one has its id}
     *
     * @param e the exception of the driver
     */
    public static boolean isDuplicate(Throwable e) {
        return e instanceof MongoWriteException error && error.getError().getCategory() == ErrorCategory.DUPLICATE_KEY;
    }
}
