package io.heartline.bench;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.BsonField;
import io.heartline.quickstart.backends.InProcessMongo;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/** The MongoDB stand-in in this process, in memory, with a database for one measurement. */
final class Database implements AutoCloseable {

    private static final String NAME = "heartline";
    private static final double STANDARD_ERRORS = 5;

    private final InProcessMongo mongo = InProcessMongo.inMemory();
    private final String uri = mongo.database(NAME);
    private final MongoClient client = MongoClients.create(uri);

    String uri() {
        return uri;
    }

    long reports() {
        return collection().countDocuments();
    }

    /**
     * Compares all reports, summed, with what they should say.
     *
     * @throws CannotMeasureException if they differ, where they are estimates by more than five times the error they state
     */
    void requireFigures(Figures expected) {
        Figures found = Figures.of(new long[Figures.NAMES.size() + Figures.DAYS]);
        double estimated = 0;
        for (Document sums : collection().aggregate(List.of(Aggregates.group("$exact", sums())))) {
            Figures part = Figures.of(sums.entrySet().stream()
                    .filter(sum -> !sum.getKey().equals("_id") && !sum.getKey().equals("relativeError"))
                    .mapToLong(sum -> ((Number) sum.getValue()).longValue())
                    .toArray());
            if (sums.get("relativeError") instanceof Number error) {
                estimated += error.doubleValue() * part.likes();
            }
            found = found.plus(part);
        }
        found.requireEqual("report-batch", expected, STANDARD_ERRORS * estimated / Math.max(1, expected.likes()));
    }

    private static List<BsonField> sums() {
        List<BsonField> sums = new ArrayList<>();
        for (String name : Figures.NAMES) {
            sums.add(Accumulators.sum(
                    name,
                    switch (name) {
                        case "liked", "unliked" -> "$events." + name;
                        case "topPosts" -> new Document("$sum", "$topPosts.likes");
                        default -> "$" + name;
                    }));
        }
        for (int day = 0; day < Figures.DAYS; day++) {
            sums.add(Accumulators.sum("day" + day, new Document("$arrayElemAt", List.of("$byDay", day))));
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
