package io.heartline.quickstart.backends;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** mongo-java-server: speaks MongoDB's protocol, has no sessions, transactions or replica sets. */
public final class InProcessMongo implements AutoCloseable {

    // a filter that no index has exactly the fields of has it read every document, so {_id, version}, by which a
    // report is replaced, needs this one. A real server finds the report by its _id alone
    private static final String REPORTS = "weeklyReports";
    private static final Document REPLACE_FILTER = new Document("_id", 1).append("version", 1);

    private final MongoBackend backend;
    private final MongoServer server;

    private InProcessMongo(MongoBackend backend, MongoServer server, int port) {
        this.backend = backend;
        this.server = server;
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Forgets everything on close. */
    public static InProcessMongo inMemory() {
        return inMemory(server -> {});
    }

    /** Likewise, and speaks TLS alone; its clients have to know by themselves. */
    public static InProcessMongo inMemory(PrivateKey key, X509Certificate... chain) {
        return inMemory(server -> server.enableSsl(key, null, chain));
    }

    private static InProcessMongo inMemory(Consumer<MongoServer> customizer) {
        MongoBackend backend = new MemoryBackend();
        MongoServer server = new MongoServer(backend);
        customizer.accept(server);
        return new InProcessMongo(backend, server, 0);
    }

    /** Keeps everything in one H2 file. */
    public static InProcessMongo inFile(Path file, int port) {
        return inFile(file, port, UnaryOperator.identity());
    }

    /** @param decorator puts something between the wire and what is kept, such as what answers with errors */
    public static InProcessMongo inFile(Path file, int port, UnaryOperator<MongoBackend> decorator) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the folder of " + file, e);
        }
        MongoBackend backend =
                decorator.apply(new H2Backend(file.toAbsolutePath().toString()));
        return new InProcessMongo(backend, new MongoServer(backend), port);
    }

    /** The URI of a database, which is there if it was not. */
    public String database(String name) {
        Document index = new Document("name", "replaced-by")
                .append("key", REPLACE_FILTER)
                .append("unique", true);
        Document create = new Document("createIndexes", REPORTS).append("indexes", List.of(index));
        backend.handleCommand(new EmbeddedChannel(), name, "createIndexes", create);
        // not by its connection string, which with TLS ends in an option
        return "mongodb://127.0.0.1:" + server.getLocalAddress().getPort() + "/" + name;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
