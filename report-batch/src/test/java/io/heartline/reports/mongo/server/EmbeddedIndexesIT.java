package io.heartline.reports.mongo.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ConnectionString;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.kafka.TestTopic;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * The quickstart's database uses an index only if it has exactly the fields of the filter, and reads all documents otherwise. So each
 * write of one report needs such an index. With many reports, a run or a pass would take hours without it.
 */
@Tag("slow")
class EmbeddedIndexesIT {

    private static final String REPORTS = "weeklyReports";

    @Test
    void eachWriteOfOneReport_hasAnIndexWithTheFieldsOfItsFilter() throws Exception {
        SealedLikes week = SealedLikes.of(5, 2, 1);
        TestTopic likes = TestTopic.create(2);
        likes.append(week.events());
        CommandRecorder recorder = new CommandRecorder();
        try (InProcessMongo mongo = InProcessMongo.inMemory()) {
            String uri = mongo.database("embedded");
            try (BatchOverHttp batch = BatchOverHttp.start(recorder, likes, uri)) {
                batch.run();
                week.awaitMirror(batch); // the pass has removed the marks
                likes.append(week.events()); // each report is replaced
                batch.run();
            }

            Set<Set<String>> filters = filters(recorder.take());
            assertThat(filters).contains(Set.of("_id", "version"), Set.of("_id", "feedDue"));
            assertThat(indexes(uri)).containsAll(filters);
        }
    }

    /** Returns the fields of the filters of all updates of single reports. */
    private static Set<Set<String>> filters(List<BsonDocument> commands) {
        return commands.stream()
                .filter(command -> CommandRecorder.is(command, "update", REPORTS))
                .flatMap(command -> command.getArray("updates").stream())
                .map(BsonValue::asDocument)
                .filter(update -> !update.getBoolean("multi", BsonBoolean.FALSE).getValue())
                .map(update -> Set.copyOf(update.getDocument("q").keySet()))
                .collect(Collectors.toSet());
    }

    private static Set<Set<String>> indexes(String uri) {
        try (MongoClient client = MongoClients.create(uri)) {
            List<Document> indexes = Flux.from(client.getDatabase(new ConnectionString(uri).getDatabase())
                            .getCollection(REPORTS)
                            .listIndexes())
                    .collectList()
                    .block();
            return indexes.stream()
                    .map(index -> Set.copyOf(index.get("key", Document.class).keySet()))
                    .collect(Collectors.toSet());
        }
    }
}
