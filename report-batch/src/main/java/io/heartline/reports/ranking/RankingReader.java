package io.heartline.reports.ranking;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Projections.excludeId;
import static com.mongodb.client.model.Projections.fields;
import static com.mongodb.client.model.Projections.include;

import com.mongodb.client.cursor.TimeoutMode;
import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.heartline.reports.fold.ReportStore;
import java.util.List;
import java.util.function.Function;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A reader of {@code weeklyReports} across authors. */
public class RankingReader {

    private static final Bson RANKED = fields(excludeId(), include("authorId"), include(RankingSort.FIGURES));
    private static final int BATCH_SIZE = 1_000;

    private final ReactiveMongoTemplate mongo;

    /**
     * Creates a reader.
     *
     * @param mongo the template of the database
     */
    public RankingReader(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    Mono<WeekTotals> totals(YearWeek week) {
        List<Bson> pipeline = List.of(
                Aggregates.match(eq("week", week.toString())),
                Aggregates.group(
                        null,
                        Accumulators.sum("authors", 1L),
                        Accumulators.sum("likes", "$likes"),
                        Accumulators.sum("unlikes", "$unlikes"),
                        Accumulators.sum("liked", "$events.liked"),
                        Accumulators.sum("unliked", "$events.unliked"),
                        Accumulators.max("relativeError", "$relativeError")));
        return read(reports -> reports.aggregate(pipeline))
                .next()
                .map(WeekTotals::of)
                .defaultIfEmpty(WeekTotals.ZERO);
    }

    /** Returns all authors of the week. They are read as fast as the subscriber requests them. */
    Flux<RankedAuthor> ranking(YearWeek week, RankingSort sort) {
        return read(reports -> reports.find(eq("week", week.toString()))
                        .sort(sort.order())
                        .projection(RANKED)
                        .batchSize(BATCH_SIZE)
                        .timeoutMode(TimeoutMode.ITERATION))
                .map(RankedAuthor::of);
    }

    /**
     * Returns a page of the ranking.
     *
     * @param cursor the end of the page before, of the same sort; null for the first page
     * @param limit the maximum number of authors
     */
    Flux<RankedAuthor> ranking(YearWeek week, RankingSort sort, @Nullable RankingCursor cursor, int limit) {
        Bson wholeWeek = eq("week", week.toString());
        return read(reports -> reports.find(cursor == null ? wholeWeek : after(cursor))
                        .sort(sort.order())
                        .projection(RANKED)
                        .limit(limit))
                .map(RankedAuthor::of);
    }

    /** Returns a filter for the authors after the cursor. Each of its parts is one range of the index. */
    private static Bson after(RankingCursor cursor) {
        Bson week = eq("week", cursor.week().toString());
        String field = cursor.sort().name();
        Bson ties = and(week, eq(field, cursor.figure()), gt("authorId", cursor.authorId()));
        if (cursor.figure() == null) {
            return ties;
        }
        Bson lower = and(week, lt(field, cursor.figure()));
        // a comparison with a number excludes reports without the figure
        return cursor.sort() == RankingSort.growth ? or(lower, ties, and(week, eq(field, null))) : or(lower, ties);
    }

    /** Executes a query. Spring translates the exceptions of the driver. */
    private Flux<Document> read(Function<MongoCollection<Document>, Publisher<Document>> query) {
        return mongo.execute(ReportStore.COLLECTION, query::apply);
    }
}
