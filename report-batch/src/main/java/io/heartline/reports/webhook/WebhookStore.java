package io.heartline.reports.webhook;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.feed.FeedStore;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;

/**
 * The document {@code webhook} of the {@code changeFeed} collection: the place up to which all messages are acknowledged. It never moves
 * back, whichever instances write it. A restart replaces the document, and no instance moves the place of an earlier restart.
 */
class WebhookStore {

    private static final String ID = "webhook";
    private static final String RESTART = "restart";
    private static final String NUMBER = "number";
    private static final String IS_ANNOUNCED = "isAnnounced";

    private final Mono<MongoCollection<Document>> documents;

    /**
     * A place in the feed.
     *
     * @param restart the id of the message that the receiver has to start over; each restart has another one
     * @param restartedAt when the restart was stored
     * @param isAnnounced whether that message is acknowledged
     * @param cursor the place up to which all messages are acknowledged
     */
    record Position(String restart, Instant restartedAt, boolean isAnnounced, FeedCursor cursor) {}

    /** @param mongo the template whose timeout applies to each operation */
    WebhookStore(ReactiveMongoTemplate mongo) {
        // Spring looks for a transaction each time
        documents = mongo.getCollection(FeedStore.COLLECTION).cacheInvalidateIf(collection -> false);
    }

    /**
     * Returns the stored place, which is the start of the feed if none was stored before.
     *
     * @param feed the feed of the database
     * @param now the time by the caller's clock
     */
    Mono<Position> findOrStart(Mono<FeedStore.Feed> feed, Instant now) {
        return find().switchIfEmpty(feed.flatMap(found -> start(found, now)).then(Mono.defer(this::find)));
    }

    private Mono<Position> find() {
        return documents
                .flatMap(collection -> Mono.from(collection.find(eq("_id", ID)).first()))
                .map(document -> new Position(
                        document.getString(RESTART),
                        document.getDate("restartedAt").toInstant(),
                        document.getBoolean(IS_ANNOUNCED),
                        new FeedCursor(
                                document.getString("feed"), document.getLong(NUMBER), document.getLong("base"))));
    }

    /** Completes without a write if another instance has stored a place meanwhile. */
    private Mono<Void> start(FeedStore.Feed feed, Instant now) {
        return documents
                .flatMap(collection -> Mono.from(collection.insertOne(document(feed, now))))
                .onErrorResume(FeedStore::isDuplicate, e -> Mono.empty())
                .then();
    }

    /**
     * Replaces a place by the start of the feed. Completes without a write if another instance has done so.
     *
     * @param position the place that cannot be continued
     * @param feed the feed of the database
     * @param now the time by the caller's clock
     */
    Mono<Void> restart(Position position, FeedStore.Feed feed, Instant now) {
        return documents
                .flatMap(collection -> Mono.from(collection.replaceOne(same(position), document(feed, now))))
                .then();
    }

    private static Document document(FeedStore.Feed feed, Instant now) {
        FeedCursor start = FeedCursor.start(feed);
        return new Document("_id", ID)
                .append(RESTART, UUID.randomUUID().toString())
                .append("restartedAt", Date.from(now))
                .append(IS_ANNOUNCED, false)
                .append("feed", start.feedId())
                .append(NUMBER, start.number())
                .append("base", start.base());
    }

    /**
     * Records that the receiver has acknowledged that it starts over.
     *
     * @return false if another restart is stored meanwhile
     */
    Mono<Boolean> announced(Position position) {
        return update(position, Updates.set(IS_ANNOUNCED, true));
    }

    /**
     * Moves the place on. A higher stored number stays.
     *
     * @param position a place of the same restart
     * @param number the number of the last change up to which all messages are acknowledged
     * @return false if another restart is stored meanwhile
     */
    Mono<Boolean> advance(Position position, long number) {
        return update(position, Updates.max(NUMBER, number));
    }

    private Mono<Boolean> update(Position position, Bson update) {
        return documents
                .flatMap(collection -> Mono.from(collection.updateOne(same(position), update)))
                .map(result -> result.getMatchedCount() > 0);
    }

    private static Bson same(Position position) {
        return and(eq("_id", ID), eq(RESTART, position.restart()));
    }
}
