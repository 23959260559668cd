package io.heartline.reports.mongo.server;

import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import java.nio.file.Path;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The faults on the in-process database, with and without containers. They show less than {@link MongoFaultsIT}. */
@Order(0) // starts first, because it takes long
@Tag("slow")
class EmulatedMongoFaultsIT extends MongoFaults {

    private static final FaultyMongoBackend FAULTS = new FaultyMongoBackend();

    @TempDir
    private static Path folder;

    private static InProcessMongo mongo;

    @BeforeAll
    static void startMongo() {
        mongo = InProcessMongo.inFile(folder.resolve("mongo"), FreePorts.find(1)[0], FAULTS::wrap);
    }

    @AfterAll
    static void stopMongo() {
        mongo.close();
    }

    @Override
    String newDatabase() {
        return mongo.database(Backends.unique("db"));
    }

    @Override
    void administrate(Document command) {
        FAULTS.execute(command);
    }
}
