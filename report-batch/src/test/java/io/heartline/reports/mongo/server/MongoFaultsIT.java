package io.heartline.reports.mongo.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import io.heartline.quickstart.backends.MongoReplicaSet;
import io.heartline.quickstart.backends.NeedsMongoDb;
import java.time.Duration;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** The faults on a replica set of three. A step-down elects another primary. */
@NeedsMongoDb
@Tag("slow")
class MongoFaultsIT extends MongoFaults {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static MongoReplicaSet set;
    private static MongoClient client;

    @BeforeAll
    static void startMongo() throws Exception {
        set = MongoReplicaSet.start();
        client = MongoClients.create(set.newDatabase());
        Document build = Mono.from(client.getDatabase("admin").runCommand(new Document("buildInfo", 1)))
                .block(TIMEOUT);
        assertThat(build.getString("version")).startsWith(MongoReplicaSet.version());
    }

    @AfterAll
    static void stopMongo() {
        if (client != null) {
            client.close();
        }
        if (set != null) {
            set.close();
        }
    }

    @Override
    String newDatabase() {
        return set.newDatabase();
    }

    /** Repeats a step-down for which the secondaries are not yet ready. The other commands succeed on the first attempt. */
    @Override
    void administrate(Document command) {
        Mono.defer(() -> Mono.from(client.getDatabase("admin").runCommand(command)))
                .retryWhen(Retry.backoff(5, Duration.ofMillis(200)))
                .block(TIMEOUT);
    }
}
