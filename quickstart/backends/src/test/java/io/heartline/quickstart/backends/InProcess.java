package io.heartline.quickstart.backends;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** {@link Backends} inside this JVM. */
final class InProcess {

    private InProcess() {}

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
            throw new UncheckedIOException("no temporary folder", e);
        }
    }

    /** The URI of a database, by its name. */
    static UnaryOperator<String> mongo() {
        InProcessMongo mongo = InProcessMongo.inMemory();
        Runtime.getRuntime().addShutdownHook(new Thread(mongo::close));
        return mongo::database;
    }
}
