package io.heartline.quickstart.backends;

import java.util.function.UnaryOperator;
import org.testcontainers.mongodb.MongoDBContainer;

/**
 * The MongoDB of {@link Backends} in a container. It is a class of its own, so that a module without MongoDB does not need its
 * libraries.
 */
final class ContainerMongo {

    /** The image that docker-compose.yml runs. */
    static final String IMAGE = "mongo:8.0";

    private ContainerMongo() {}

    /**
     * Starts the container and returns a function from a database's name to its URI. The server is a replica set of one node,
     * because sessions and retryable writes need a replica set.
     */
    static UnaryOperator<String> start() {
        MongoDBContainer mongo = new MongoDBContainer(IMAGE).withReplicaSet();
        mongo.start();
        // Testcontainers' reaper stops containers too, unless it is switched off
        Runtime.getRuntime().addShutdownHook(new Thread(mongo::stop));
        return name -> mongo.getConnectionString() + "/" + name;
    }
}
