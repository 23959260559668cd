package io.heartline.reports.mongo.server;

import java.util.Set;
import java.util.TreeSet;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * How MongoDB has executed a command, from its answer to {@code explain}.
 *
 * @param stages the names of the winning plan's stages, such as {@code IXSCAN}
 * @param indexes the names of the indexes that it reads
 * @param docsExamined documents that were read, besides entries of indexes
 * @param keysExamined entries of indexes that were read
 * @param returned results
 */
record QueryPlan(Set<String> stages, Set<String> indexes, long docsExamined, long keysExamined, long returned) {

    private static final Set<String> POINT_READS_BY_ID = Set.of("IDHACK", "EXPRESS_IXSCAN");

    /** Fields of a sent command that {@code explain} does not take, because they belong to the session or to the connection. */
    private static final Set<String> NOT_EXPLAINED = Set.of(
            "$clusterTime", "$db", "$readPreference", "lsid", "maxTimeMS", "readConcern", "txnNumber", "writeConcern");

    /**
     * Returns the command that explains a recorded one. It explains only the first of several updates or deletions.
     *
     * @param sent a command that the driver has sent
     */
    static BsonDocument explaining(BsonDocument sent) {
        BsonDocument explained = new BsonDocument();
        sent.forEach((field, value) -> {
            if (!NOT_EXPLAINED.contains(field)) {
                boolean isSeveral = field.equals("updates") || field.equals("deletes");
                explained.append(
                        field, isSeveral ? new BsonArray(value.asArray().subList(0, 1)) : value);
            }
        });
        return new BsonDocument("explain", explained).append("verbosity", new BsonString("executionStats"));
    }

    /**
     * Reads an answer.
     *
     * @throws IllegalArgumentException if it has no plan with figures, as that of a server that only pretends to explain
     */
    static QueryPlan of(BsonDocument answer) {
        BsonDocument explained = answer;
        if (answer.isArray("stages")) { // an aggregation of which only the first part is a query
            BsonDocument first = answer.getArray("stages").get(0).asDocument();
            explained = first.isDocument("$cursor") ? first.getDocument("$cursor") : first;
        }
        if (!explained.isDocument("queryPlanner") || !explained.isDocument("executionStats")) {
            throw new IllegalArgumentException("explain has no plan with executionStats: " + answer.toJson());
        }
        Set<String> stages = new TreeSet<>();
        Set<String> indexes = new TreeSet<>();
        collect(explained.getDocument("queryPlanner").get("winningPlan"), stages, indexes);
        BsonDocument figures = explained.getDocument("executionStats");
        return new QueryPlan(
                stages,
                indexes,
                figures.getNumber("totalDocsExamined").longValue(),
                figures.getNumber("totalKeysExamined").longValue(),
                figures.getNumber("nReturned").longValue());
    }

    private static void collect(BsonValue plan, Set<String> stages, Set<String> indexes) {
        if (plan.isArray()) {
            plan.asArray().forEach(part -> collect(part, stages, indexes));
        } else if (plan.isDocument()) {
            plan.asDocument().forEach((field, value) -> {
                if (field.equals("stage")) {
                    stages.add(value.asString().getValue());
                } else if (field.equals("indexName")) {
                    indexes.add(value.asString().getValue());
                }
                collect(value, stages, indexes);
            });
        }
    }

    /** Returns whether the documents are found by {@code _id} alone. */
    boolean isById() {
        return indexes.equals(Set.of("_id_"))
                || indexes.isEmpty() && stages.stream().anyMatch(POINT_READS_BY_ID::contains);
    }
}
