package io.heartline.quickstart.backends;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** mongo-java-server: speaks MongoDB's protocol, has no sessions, transactions or replica sets. */
public final class InProcessMongo implements AutoCloseable {

    private final MongoServer server;

    private InProcessMongo(MongoBackend backend, int port) {
        server = new MongoServer(backend);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Forgets everything on close. */
    public static InProcessMongo inMemory() {
        return new InProcessMongo(new MemoryBackend(), 0);
    }

    /** Keeps everything in one H2 file. */
    public static InProcessMongo inFile(Path file, int port) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the folder of " + file, e);
        }
        return new InProcessMongo(new H2Backend(file.toAbsolutePath().toString()), port);
    }

    /** Without a database name. */
    public String connectionString() {
        return server.getConnectionString();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
