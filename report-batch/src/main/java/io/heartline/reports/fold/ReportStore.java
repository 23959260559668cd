package io.heartline.reports.fold;

import static com.mongodb.client.cursor.TimeoutMode.ITERATION;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.FindPublisher;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The {@code weeklyReports} collection. Saves are optimistic: a save returns a conflict if another instance has saved
 * the report since it was loaded. The client's read and write concerns must be majority. Its operations must have a
 * timeout, which applies to each reply of a cursor separately.
 */
public class ReportStore {

    /** The name of the collection. */
    public static final String COLLECTION = "weeklyReports";

    /** The version of the documents. It increases with each change that an older release cannot read, or would damage. */
    public static final int SCHEMA_VERSION = 2;

    private static final Bson VERSION_FIELDS =
            Projections.include("week", "authorId", "version", ReportDocument.ERASURE, ReportDocument.LIKER_ERASURES);
    private static final Bson PROGRESS_FIELDS =
            Projections.include("authorId", "epoch", "generation", "next", ReportDocument.LIKER_ERASURES);
    private static final Bson POSTS = Projections.include("exact", ReportDocument.POSTS);
    private static final Bson WITH_LIKERS = Projections.exclude(ReportDocument.STATE);
    private static final Bson WITHOUT_LIKERS = Projections.exclude(ReportDocument.FANS, ReportDocument.STATE);

    // by default, the driver requests as many documents as its subscriber; a reply has at most 16 MB
    private static final int REPORTS_PER_REPLY = 250;
    private static final int REPORTS_WITH_LIKERS_PER_REPLY = 8;
    private static final int PROGRESS_PER_REPLY = 10_000;

    private final Mono<MongoCollection<Document>> reports;

    /**
     * The records of its author's partition that a stored report includes.
     *
     * @param authorId the author
     * @param epoch the epoch of the log that {@code next} is an offset of
     * @param generation the number of offset resets within the epoch
     * @param next the first offset that is not included
     * @param likerErasures the number of the author's latest erasure of a liker that the report includes; 0 for none
     */
    public record ReportProgress(String authorId, String epoch, int generation, long next, long likerErasures) {}

    /**
     * The version of a stored report.
     *
     * @param key the key of the report
     * @param version random, and different after each save
     * @param erasure the mark of the author's latest erasure when the report was folded; null if the author was never
     *     erased
     * @param likerErasures the number of the author's latest erasure of a liker that the report includes; 0 for none
     */
    public record ReportVersion(
            ReportKey key, long version, @Nullable String erasure, long likerErasures) {}

    /**
     * Creates a store.
     *
     * @param mongo the template of the database
     */
    public ReportStore(ReactiveMongoTemplate mongo) {
        // Spring looks for a transaction each time
        reports = mongo.getCollection(COLLECTION).cacheInvalidateIf(collection -> false);
    }

    /**
     * Loads reports in order to fold events into them.
     *
     * @param keys the keys of the reports
     * @return the reports that exist, in no particular order
     */
    public Flux<WeeklyReport> load(Collection<ReportKey> keys) {
        return reports.flatMapMany(collection -> collection
                        .find(byId(keys), RawBsonDocument.class)
                        .batchSize(REPORTS_PER_REPLY)
                        .timeoutMode(ITERATION))
                .map(ReportReader::read);
    }

    /**
     * Saves each report only over the version that was loaded. A report that was deleted since then is not saved again.
     * A majority acknowledges all reports without a conflict. Any other failure is an error.
     *
     * @param changedReports the reports
     * @return the keys of the conflicts: reports that other instances saved or deleted since they were loaded. The
     *     caller has to load and fold them again
     */
    public Mono<Set<ReportKey>> save(List<WeeklyReport> changedReports) {
        return reports.flatMap(collection -> ReportSave.of(changedReports).apply(collection));
    }

    /**
     * Reads figures.
     *
     * @param keys the keys of the reports
     * @return the figures of the reports that exist, in no particular order
     */
    public Flux<Figures> figures(Collection<ReportKey> keys) {
        return reports.flatMapMany(collection -> collection.find(byId(keys)).projection(WITHOUT_LIKERS))
                .map(ReportDocument::figures);
    }

    /**
     * A report for readers.
     *
     * @param figures its figures
     * @param likers its likers, for a comparison with another week; empty if they were not read
     */
    public record StoredReport(Figures figures, StoredLikers likers) {}

    /**
     * Reads reports of one author, oldest first. A few are read at a time, because the likers of a report take up to
     * 128 KiB.
     *
     * @param keys the keys of the reports
     * @param withLikers if false, the likers are not read
     * @param session null for no session
     * @return the reports that exist
     */
    public Flux<StoredReport> findOldestFirst(
            Collection<ReportKey> keys, boolean withLikers, @Nullable ClientSession session) {
        return reports.flatMapMany(collection -> find(collection, session, byId(keys))
                        .projection(withLikers ? WITH_LIKERS : WITHOUT_LIKERS)
                        .sort(Sorts.ascending("_id"))
                        .batchSize(REPORTS_WITH_LIKERS_PER_REPLY)
                        .timeoutMode(ITERATION))
                .map(document -> new StoredReport(
                        ReportDocument.figures(document),
                        withLikers ? ReportDocument.storedLikers(document) : StoredLikers.empty()));
    }

    /**
     * Reads all posts of a report.
     *
     * @param key the key of the report
     * @param session null for no session
     * @return the posts; {@link StoredPosts#NONE} if there is no report
     */
    public Mono<StoredPosts> posts(ReportKey key, @Nullable ClientSession session) {
        return reports.flatMap(collection -> Mono.from(find(collection, session, Filters.eq("_id", key.toString()))
                        .projection(POSTS)
                        .first()))
                .map(ReportDocument::storedPosts)
                .defaultIfEmpty(StoredPosts.NONE);
    }

    /**
     * Records that reports have nothing of the likers that were erased, unless they were saved again after their versions were read.
     *
     * @param versions the versions of the reports
     * @param number the number of the author's latest erasure of a liker
     * @return completes after the write
     */
    public Mono<Void> setLikerErasures(Collection<ReportVersion> versions, long number) {
        List<UpdateOneModel<Document>> updates = versions.stream()
                .map(version -> new UpdateOneModel<Document>(
                        byVersion(version.key(), version.version()),
                        Updates.combine(
                                Updates.set(ReportDocument.LIKER_ERASURES, number),
                                Updates.set("version", ReportSave.randomVersion()))))
                .toList();
        return reports.flatMap(
                        collection -> Mono.from(collection.bulkWrite(updates, new BulkWriteOptions().ordered(false))))
                .then();
    }

    /**
     * Reads the progress of all reports of a week.
     *
     * @param week the week
     * @return one item for each author with a report of the week, in no particular order
     */
    public Flux<ReportProgress> reportProgress(YearWeek week) {
        return reports.flatMapMany(collection -> collection
                        .find(Filters.eq("week", week.toString()))
                        .projection(PROGRESS_FIELDS)
                        .batchSize(PROGRESS_PER_REPLY)
                        .timeoutMode(ITERATION))
                .map(ReportDocument::reportProgress);
    }

    /**
     * Reads the progress of one report.
     *
     * @param key the key of the report
     * @param session null for no session
     * @return empty if there is no report
     */
    public Mono<ReportProgress> reportProgress(ReportKey key, @Nullable ClientSession session) {
        return reports.flatMap(collection -> Mono.from(find(collection, session, Filters.eq("_id", key.toString()))
                        .projection(PROGRESS_FIELDS)
                        .first()))
                .map(ReportDocument::reportProgress);
    }

    /**
     * Reads versions.
     *
     * @param keys the keys of the reports
     * @return the versions of the reports that exist, in no particular order
     */
    public Flux<ReportVersion> versions(Collection<ReportKey> keys) {
        return reports.flatMapMany(collection -> collection.find(byId(keys)).projection(VERSION_FIELDS))
                .map(ReportDocument::version);
    }

    /**
     * Reads all weeks with a report. MongoDB reads them from the index of the rankings.
     *
     * @return the weeks
     */
    public Mono<List<YearWeek>> weeks() {
        return reports.flatMapMany(collection -> collection.distinct("week", String.class))
                .map(YearWeek::parse)
                .collectList();
    }

    /**
     * Deletes reports, unless they were saved again after their versions were read.
     *
     * @param versions the versions of the reports
     * @return the number of deleted reports
     */
    public Mono<Long> delete(Collection<ReportVersion> versions) {
        List<DeleteOneModel<Document>> deletions = versions.stream()
                .map(version -> new DeleteOneModel<Document>(
                        new Document("_id", version.key().toString()).append("version", version.version())))
                .toList();
        return reports.flatMap(
                        collection -> Mono.from(collection.bulkWrite(deletions, new BulkWriteOptions().ordered(false))))
                .map(result -> (long) result.getDeletedCount());
    }

    /** Returns the filter without the codecs of the driver, which look up the codec of each id twice. */
    static Bson byId(Collection<ReportKey> keys) {
        BsonArray ids = new BsonArray();
        keys.forEach(key -> ids.add(new BsonString(key.toString())));
        return new BsonDocument("_id", new BsonDocument("$in", ids));
    }

    private static FindPublisher<Document> find(
            MongoCollection<Document> reports, @Nullable ClientSession session, Bson filter) {
        return session == null ? reports.find(filter) : reports.find(session, filter);
    }

    /**
     * Returns whether the collection is empty.
     *
     * @return true if no report is stored
     */
    public Mono<Boolean> isEmpty() {
        return reports.flatMap(collection -> Mono.from(
                        collection.find().projection(Projections.include("_id")).first())
                .hasElement()
                .map(hasReports -> !hasReports));
    }

    /** Returns the collection. */
    Mono<MongoCollection<Document>> collection() {
        return reports;
    }

    /**
     * Returns the filter for one version of a report. It has two plain fields rather than an $and, because the quickstart's database
     * uses its index for no other filter.
     */
    static Bson byVersion(ReportKey key, long version) {
        return new BsonDocument("_id", new BsonString(key.toString())).append("version", new BsonInt64(version));
    }
}
