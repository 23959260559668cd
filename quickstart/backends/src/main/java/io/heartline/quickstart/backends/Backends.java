package io.heartline.quickstart.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The Kafka and the MongoDB that all integration tests of one JVM share. Started on first use, gone with the JVM. A test
 * brings its own topic and its own database.
 */
public final class Backends {

    private static Backends shared;

    private final InProcessKafka kafka;
    private final InProcessMongo mongo;

    private Backends(Path folder) {
        kafka = InProcessKafka.start(folder.resolve("kafka"));
        mongo = InProcessMongo.inMemory();
    }

    public static synchronized Backends shared() {
        if (shared == null) {
            try {
                Path folder = Files.createTempDirectory("heartline-test");
                Backends backends = new Backends(folder);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    backends.mongo.close();
                    backends.kafka.close();
                    Folders.delete(folder);
                }));
                shared = backends;
            } catch (IOException e) {
                throw new UncheckedIOException("no temporary folder", e);
            }
        }
        return shared;
    }

    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** A MongoDB URI with a database that no other test knows. */
    public String newDatabase() {
        return mongo.database(unique("db"));
    }

    /** A name that no other test has: for topics, databases, authors. */
    public static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID();
    }
}
