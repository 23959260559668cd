package io.heartline.reports.fold;

import static com.mongodb.client.cursor.TimeoutMode.ITERATION;
import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.util.Collection;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The reports as the feed of revisions reads them. Each save of a report whose week has ended marks it with a random number. The feed
 * removes the mark after it has entered the report, unless a later save has set another mark.
 */
public class DueReports {

    /** The filter for marked reports. */
    public static final Bson MARKED = exists(ReportDocument.FEED_DUE);

    /** The index for marked reports, with {@link #MARKED}. */
    public static final Bson INDEX = Indexes.ascending("week", "authorId");

    private static final Bson FIELDS =
            Projections.include("week", "authorId", "revision", ReportDocument.ERASURE, ReportDocument.FEED_DUE);
    private static final Bson WITHOUT_LIKERS = Projections.exclude(ReportDocument.FANS, ReportDocument.STATE);
    private static final int REPORTS_PER_REPLY = 1_000;

    private final Mono<MongoCollection<Document>> reports;

    /**
     * A report that has to be entered.
     *
     * @param key the week and the author
     * @param revision the revision when it was read
     * @param erasure the mark of the author's latest erasure when the report was folded; null if the author was never erased
     * @param due the random number of the latest save; null if the report is not marked
     */
    public record DueReport(
            ReportKey key,
            int revision,
            @Nullable String erasure,
            @Nullable Long due) {}

    /**
     * The figures of a report.
     *
     * @param figures the figures
     * @param erasure as in {@link DueReport}
     */
    public record StoredFigures(Figures figures, @Nullable String erasure) {}

    /**
     * Creates an object that any number of threads may use.
     *
     * @param mongo the template of the database
     */
    public DueReports(ReactiveMongoTemplate mongo) {
        // Spring looks for a transaction each time
        reports = mongo.getCollection(ReportStore.COLLECTION).cacheInvalidateIf(collection -> false);
    }

    /**
     * Reads all reports of a week, by author.
     *
     * @param week the week
     * @param afterAuthor the author before the first one, exclusive; null for all authors
     * @return the reports, marked or not, which are read as fast as the subscriber requests them
     */
    public Flux<DueReport> ofWeek(YearWeek week, @Nullable String afterAuthor) {
        String first = week + "/" + (afterAuthor == null ? "" : afterAuthor);
        String end = week + String.valueOf((char) ('/' + 1));
        return find(and(gt("_id", first), lt("_id", end)), Sorts.ascending("_id"));
    }

    /**
     * Reads the marked reports, by week and author.
     *
     * @param through the last week, inclusive
     * @return the reports, which are read as fast as the subscriber requests them
     */
    public Flux<DueReport> marked(YearWeek through) {
        return find(and(MARKED, lte("week", through.toString())), Sorts.ascending("week", "authorId"));
    }

    private Flux<DueReport> find(Bson filter, Bson order) {
        return reports.flatMapMany(collection -> collection
                        .find(filter)
                        .projection(FIELDS)
                        .sort(order)
                        .batchSize(REPORTS_PER_REPLY)
                        .timeoutMode(ITERATION))
                .map(document -> new DueReport(
                        ReportDocument.key(document),
                        document.getInteger("revision"),
                        document.getString(ReportDocument.ERASURE),
                        document.getLong(ReportDocument.FEED_DUE)));
    }

    /**
     * Removes marks that no later save has replaced.
     *
     * @param entered the reports, some of them marked
     * @return completes after the writes
     */
    public Mono<Void> unmark(Collection<DueReport> entered) {
        List<UpdateOneModel<Document>> writes = entered.stream()
                .filter(report -> report.due() != null)
                .map(report -> new UpdateOneModel<Document>(
                        new BsonDocument("_id", new BsonString(report.key().toString()))
                                .append(ReportDocument.FEED_DUE, new BsonInt64(report.due())),
                        Updates.unset(ReportDocument.FEED_DUE)))
                .toList();
        return writes.isEmpty()
                ? Mono.empty()
                : reports.flatMap(collection ->
                                Mono.from(collection.bulkWrite(writes, new BulkWriteOptions().ordered(false))))
                        .then();
    }

    /**
     * Marks reports, so that they are entered again.
     *
     * @param keys the keys of the reports, stored or not
     * @return completes after the write
     */
    public Mono<Void> mark(Collection<ReportKey> keys) {
        if (keys.isEmpty()) {
            return Mono.empty();
        }
        List<String> ids = keys.stream().map(ReportKey::toString).toList();
        Bson mark = Updates.set(ReportDocument.FEED_DUE, ReportSave.randomVersion());
        return reports.flatMap(collection -> Mono.from(collection.updateMany(Filters.in("_id", ids), mark)))
                .then();
    }

    /**
     * Reads figures.
     *
     * @param keys the keys of the reports
     * @return the reports that exist, in no particular order
     */
    public Flux<StoredFigures> figures(Collection<ReportKey> keys) {
        List<String> ids = keys.stream().map(ReportKey::toString).toList();
        return reports.flatMapMany(
                        collection -> collection.find(Filters.in("_id", ids)).projection(WITHOUT_LIKERS))
                .map(document -> new StoredFigures(
                        ReportDocument.figures(document), document.getString(ReportDocument.ERASURE)));
    }
}
