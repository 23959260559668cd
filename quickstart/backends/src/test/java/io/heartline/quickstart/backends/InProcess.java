package io.heartline.quickstart.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** The Kafka broker and the MongoDB stand-in of {@link Backends} in this JVM. */
final class InProcess {

    private InProcess() {}

    /** Starts the broker and returns its bootstrap servers. */
    static String kafka() {
        try {
            Path folder = Files.createTempDirectory("heartline-test");
            InProcessKafka kafka = InProcessKafka.start(folder);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                kafka.close();
                Folders.delete(folder);
            }));
            return kafka.bootstrapServers();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary folder", e);
        }
    }

    /** Starts the database server and returns a function from a database's name to its URI. */
    static UnaryOperator<String> mongo() {
        InProcessMongo mongo = InProcessMongo.inMemory();
        Runtime.getRuntime().addShutdownHook(new Thread(mongo::close));
        return mongo::database;
    }
}
