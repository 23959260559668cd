package io.heartline.quickstart.backends;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.Channel;
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

/** A stand-in for MongoDB: mongo-java-server has MongoDB's protocol, but no sessions, transactions or replica sets. */
public final class InProcessMongo implements AutoCloseable {

    // Reports are replaced by {_id, version}, and their marks are removed by {_id, feedDue}. mongo-java-server uses an
    // index only if
    // it has exactly the fields of the filter, and reads all documents otherwise. MongoDB itself finds the report by
    // the index on _id.
    private static final String REPORTS = "weeklyReports";

    private final MongoBackend backend;
    private final MongoServer server;

    private InProcessMongo(MongoBackend backend, MongoServer server, int port) {
        this.backend = backend;
        this.server = server;
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /**
     * Starts a server that keeps its data in memory, on a free port.
     *
     * @return the started server
     */
    public static InProcessMongo inMemory() {
        return inMemory(server -> {});
    }

    /**
     * Starts a server that keeps its data in memory, on a free port, and accepts TLS only. The URI that {@link #database}
     * returns does not contain this, so clients have to enable TLS.
     *
     * @param key the server's private key
     * @param chain the server's certificate, and those of its authorities
     * @return the started server
     */
    public static InProcessMongo inMemory(PrivateKey key, X509Certificate... chain) {
        return inMemory(server -> server.enableSsl(key, null, chain));
    }

    private static InProcessMongo inMemory(Consumer<MongoServer> customizer) {
        MongoBackend backend = new MemoryBackend() {
            @Override
            public Document handleCommand(Channel channel, String database, String command, Document query) {
                return super.handleCommand(channel, database, command, withoutBatchSize(command, query));
            }
        };
        MongoServer server = new MongoServer(backend);
        customizer.accept(server);
        return new InProcessMongo(backend, server, 0);
    }

    /**
     * Starts a server that keeps its data in a file.
     *
     * @param file the H2 file without its extension; its folder is created if necessary
     * @param port the port; 0 for any free port
     * @return the started server
     */
    public static InProcessMongo inFile(Path file, int port) {
        return inFile(file, port, UnaryOperator.identity());
    }

    /**
     * Starts a server that keeps its data in a file, with a decorator between the protocol and the data.
     *
     * @param file the H2 file without its extension; its folder is created if necessary
     * @param port the port; 0 for any free port
     * @param decorator wraps the backend, for example with a backend that answers with errors
     * @return the started server
     */
    public static InProcessMongo inFile(Path file, int port, UnaryOperator<MongoBackend> decorator) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the folder of " + file, e);
        }
        MongoBackend backend =
                decorator.apply(new H2Backend(file.toAbsolutePath().toString()) {
                    @Override
                    public Document handleCommand(Channel channel, String database, String command, Document query) {
                        return super.handleCommand(channel, database, command, withoutBatchSize(command, query));
                    }
                });
        return new InProcessMongo(backend, new MongoServer(backend), port);
    }

    /**
     * Removes the size of batches, which MongoDB's reactive driver adds to each aggregation. mongo-java-server ignores it with a
     * warning, and answers with one batch.
     */
    private static Document withoutBatchSize(String command, Document query) {
        if (command.equals("aggregate") && query.get("cursor") instanceof Document cursor) {
            cursor.remove("batchSize");
        }
        return query;
    }

    /** Returns an index of the id and a second field. It is unique because mongo-java-server has no other indexes. */
    private static Document index(String name, String second) {
        return new Document("name", name)
                .append("key", new Document("_id", 1).append(second, 1))
                .append("unique", true);
    }

    /**
     * Returns the URI of a database, and creates the database if it does not exist.
     *
     * @param name the name of the database
     * @return a URI without options
     */
    public String database(String name) {
        Document create = new Document("createIndexes", REPORTS)
                .append("indexes", List.of(index("replaced-by", "version"), index("unmarked-by", "feedDue")));
        backend.handleCommand(new EmbeddedChannel(), name, "createIndexes", create);
        // the server's own connection string has an option at its end if TLS is on
        return "mongodb://127.0.0.1:" + server.getLocalAddress().getPort() + "/" + name;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
