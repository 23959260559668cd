package io.heartline.quickstart.backends;

import java.util.function.UnaryOperator;
import org.testcontainers.mongodb.MongoDBContainer;

/** {@link Backends}' MongoDB in a container. Apart from Kafka's, so that a service without one needs nothing for it. */
final class ContainerMongo {

    /** The one that docker-compose.yml runs. */
    static final String IMAGE = "mongo:8.0";

    private ContainerMongo() {}

    /** The URI of a database, by its name: on a replica set of one, as sessions and retried writes take one. */
    static UnaryOperator<String> start() {
        MongoDBContainer mongo = new MongoDBContainer(IMAGE).withReplicaSet();
        mongo.start();
        // Testcontainers' own reaper does so too, unless it is switched off
        Runtime.getRuntime().addShutdownHook(new Thread(mongo::stop));
        return name -> mongo.getConnectionString() + "/" + name;
    }
}
