package io.heartline.reports.progress;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import de.bwaldvogel.mongo.MongoBackend;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.mongo.FakeReplicaSetMember;
import io.heartline.reports.mongo.FindCommandRecorder;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.SimpleReactiveMongoDatabaseFactory;

class ProgressStoreIT {

    private static final Progress PROGRESS = Progress.initial(3, "epoch", 4, 0);

    @TempDir
    private Path folder;

    private final FindCommandRecorder finds = new FindCommandRecorder();

    @Test
    void findLinearizable_onAReplicaSet_readsLinearizably() throws Exception {
        assertThat(readConcernOn(FakeReplicaSetMember::primary)
                        .getString("level")
                        .getValue())
                .isEqualTo("linearizable");
    }

    /** A standalone server would refuse a linearizable read. */
    @Test
    void findLinearizable_onAStandaloneServer_usesTheDefaultReadConcern() throws Exception {
        assertThat(readConcernOn(standalone -> standalone)).isEmpty();
    }

    private BsonDocument readConcernOn(UnaryOperator<MongoBackend> server) throws Exception {
        int port = FreePorts.find(1)[0];
        try (InProcessMongo mongo = InProcessMongo.inFile(folder.resolve("mongo"), port, server);
                MongoClient client = client(mongo.database("decisions"))) {
            ProgressStore store = new ProgressStore(
                    new ReactiveMongoTemplate(new SimpleReactiveMongoDatabaseFactory(client, "decisions")));
            assertThat(store.insertIfAbsent(PROGRESS).block()).isTrue();

            assertThat(store.findLinearizable(3).block()).isEqualTo(PROGRESS);

            return finds.commands.remove().getDocument("readConcern", new BsonDocument());
        }
    }

    private MongoClient client(String uri) {
        return MongoClients.create(MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(uri))
                .addCommandListener(finds)
                .build());
    }
}
