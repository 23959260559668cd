package io.heartline.quickstart.backends;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.mongodb.ErrorCategory;
import com.mongodb.MongoWriteException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class InProcessMongoIT {

    private static final Document REPORT = new Document("_id", "2026-W47/alice").append("version", 2L);

    @Test
    void newDatabases_haveTheIndexesOfReports() {
        try (InProcessMongo mongo = InProcessMongo.inMemory()) {
            for (String name : new String[] {"one", "another"}) {
                inReports(mongo, name, InProcessMongoIT::assertIndexed);
            }
        }
    }

    @Test
    void databaseInAFile_hasItsIndexesAndDocumentsAfterARestart(@TempDir Path folder) {
        for (int start = 0; start < 2; start++) {
            try (InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), 0)) {
                inReports(mongo, "kept", InProcessMongoIT::assertIndexed);
                inReports(
                        mongo,
                        "kept",
                        reports -> reports.replaceOne(
                                new Document("_id", REPORT.get("_id")), REPORT, new ReplaceOptions().upsert(true)));
            }
        }
        try (InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), 0)) {
            inReports(mongo, "kept", reports -> assertThat(reports.find()).containsExactly(REPORT));
        }
    }

    @Test
    void databaseOfAnEarlierRelease_getsTheNewIndex_withItsDocuments(@TempDir Path folder) {
        Document marked = new Document(REPORT).append("feedDue", 3L);
        try (InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), 0)) {
            inReports(mongo, "kept", reports -> {
                reports.dropIndex("unmarked-by");
                reports.insertOne(marked);
            });
        }
        try (InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), 0)) {
            inReports(mongo, "kept", reports -> {
                assertIndexed(reports);
                Document filter = new Document("_id", REPORT.get("_id")).append("feedDue", 3L);
                assertThat(reports.updateOne(filter, Updates.unset("feedDue")).getMatchedCount())
                        .isOne();
                assertThat(reports.find()).containsExactly(REPORT);
            });
        }
    }

    @Test
    void staleVersion_replacesNothing_andIsADuplicateKey() {
        try (InProcessMongo mongo = InProcessMongo.inMemory()) {
            inReports(mongo, "one", reports -> {
                reports.insertOne(REPORT);
                Document stale = new Document("_id", REPORT.get("_id")).append("version", 1L);
                assertThatExceptionOfType(MongoWriteException.class)
                        .isThrownBy(() -> reports.replaceOne(stale, stale, new ReplaceOptions().upsert(true)))
                        .matches(e -> e.getError().getCategory() == ErrorCategory.DUPLICATE_KEY);
                assertThat(reports.find()).containsExactly(REPORT);
            });
        }
    }

    /** MongoDB's reactive driver requests a batch size with each aggregation. */
    @Test
    void aggregationWithABatchSize_hasAllResults_andLogsNothing(@TempDir Path folder) {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Aggregation.class);
        logger.addAppender(log);
        for (InProcessMongo each :
                List.of(InProcessMongo.inMemory(), InProcessMongo.inFile(folder.resolve("mongo"), 0))) {
            try (InProcessMongo mongo = each) {
                inReports(mongo, "one", reports -> {
                    reports.insertMany(List.of(new Document("_id", 1), new Document("_id", 2), new Document("_id", 3)));
                    assertThat(reports.aggregate(List.of(new Document("$match", new Document())))
                                    .batchSize(2))
                            .hasSize(3);
                });
            }
        }
        logger.detachAppender(log);
        assertThat(log.list).isEmpty();
    }

    private static void assertIndexed(MongoCollection<Document> reports) {
        assertThat(reports.listIndexes())
                .filteredOn(index -> Boolean.TRUE.equals(index.getBoolean("unique")))
                .extracting(index -> index.get("key", Document.class))
                .containsExactlyInAnyOrder(
                        new Document("_id", 1).append("version", 1), new Document("_id", 1).append("feedDue", 1));
    }

    private static void inReports(InProcessMongo mongo, String database, Consumer<MongoCollection<Document>> check) {
        try (MongoClient client = MongoClients.create(mongo.database(database))) {
            check.accept(client.getDatabase(database).getCollection("weeklyReports"));
        }
    }
}
