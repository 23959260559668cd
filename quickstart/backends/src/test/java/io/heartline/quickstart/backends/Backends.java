package io.heartline.quickstart.backends;

import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The Kafka broker and the MongoDB that all integration tests of one JVM share. Each starts on its first use and stops with the
 * JVM. A test creates its own topic and its own database. The system property {@code heartline.backends} is
 * {@value #IN_PROCESS}, which is the default, or {@value #CONTAINERS}, which {@code mvn verify -Pcontainers} sets. Tests do not
 * depend on it. Tests that stop a broker or a database start their own, which is always in-process.
 */
public final class Backends {

    static final String IN_PROCESS = "in-process";
    static final String CONTAINERS = "containers";

    private static final String CHOSEN = System.getProperty("heartline.backends", IN_PROCESS);

    private Backends() {}

    /** Starts Kafka when this class is loaded, so that a test without Kafka does not wait for it. */
    private static final class Kafka {
        static final String SERVERS = inContainers() ? ContainerKafka.start() : InProcess.kafka();
    }

    /** Starts MongoDB when this class is loaded. */
    private static final class Mongo {
        static final UnaryOperator<String> DATABASES = inContainers() ? ContainerMongo.start() : InProcess.mongo();
    }

    static boolean inContainers() {
        return switch (CHOSEN) {
            case IN_PROCESS -> false;
            case CONTAINERS -> true;
            default ->
                throw new IllegalArgumentException(
                        "heartline.backends is " + CHOSEN + ", but has to be " + IN_PROCESS + " or " + CONTAINERS);
        };
    }

    /**
     * Returns the address of the Kafka broker, and starts it on the first call.
     *
     * @return bootstrap servers for a client without encryption
     */
    public static String bootstrapServers() {
        return Kafka.SERVERS;
    }

    /**
     * Returns the URI of a new database, and starts MongoDB on the first call.
     *
     * @return a URI with the name of a database that no other test uses
     */
    public static String newDatabase() {
        return Mongo.DATABASES.apply(unique("db"));
    }

    /**
     * Returns a name that no other test has, for a topic, a database or an author.
     *
     * @param prefix the beginning of the name
     * @return the prefix and a random UUID
     */
    public static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID();
    }
}
