package io.heartline.bench.server;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.BsonField;
import io.heartline.bench.model.ReportFigures;
import io.heartline.quickstart.backends.InProcessMongo;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/** An in-memory MongoDB substitute in this process, for one measurement. */
public final class Database implements AutoCloseable {

    private static final String NAME = "heartline";
    private static final double STANDARD_ERRORS = 5;

    private final InProcessMongo mongo = InProcessMongo.inMemory();
    private final String uri = mongo.database(NAME);
    private final MongoClient client = MongoClients.create(uri);

    String uri() {
        return uri;
    }

    public long reports() {
        return collection().countDocuments();
    }

    /**
     * Compares the sums of all reports with the expected figures.
     *
     * @throws io.heartline.bench.result.CannotMeasureException if they differ; estimates may differ by five times their stated error
     */
    public void requireFigures(ReportFigures expected) {
        ReportFigures found = new ReportFigures();
        double estimated = 0;
        for (Document sums : collection().aggregate(List.of(Aggregates.group("$exact", sums())))) {
            ReportFigures.NAMES.forEach(name -> found.add(name, ((Number) sums.get(name)).longValue()));
            if (sums.get("relativeError") instanceof Number error) {
                estimated += error.doubleValue() * ((Number) sums.get("likes")).longValue();
            }
        }
        found.requireEqual(expected, STANDARD_ERRORS * estimated / Math.max(1, expected.get("likes")));
    }

    private static List<BsonField> sums() {
        List<BsonField> sums = new ArrayList<>();
        for (String name : ReportFigures.NAMES) {
            sums.add(Accumulators.sum(
                    name,
                    switch (name) {
                        case "liked", "unliked" -> "$events." + name;
                        case "topPosts" -> new Document("$sum", "$topPosts.likes");
                        case "likes", "unlikes", "likers" -> "$" + name;
                        default -> new Document("$arrayElemAt", List.of("$byDay", name.charAt(3) - '0'));
                    }));
        }
        sums.add(Accumulators.max("relativeError", "$relativeError"));
        return sums;
    }

    private MongoCollection<Document> collection() {
        return client.getDatabase(NAME).getCollection("weeklyReports");
    }

    @Override
    public void close() {
        client.close();
        mongo.close();
    }
}
