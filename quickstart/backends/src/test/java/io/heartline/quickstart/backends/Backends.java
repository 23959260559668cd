package io.heartline.quickstart.backends;

import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The Kafka and the MongoDB that all integration tests of one JVM share. Each is started when it is first asked for, and gone
 * with the JVM. A test brings its own topic and its own database, and is not told what it runs against: this is the one place
 * that knows, from {@code -Dheartline.backends=}{@value #IN_PROCESS} (the default) or {@value #CONTAINERS} (what {@code mvn
 * verify -Pcontainers} says). Tests that stop a broker or a database bring one of their own, which is always in-process.
 */
public final class Backends {

    static final String IN_PROCESS = "in-process";
    static final String CONTAINERS = "containers";

    private static final String CHOSEN = System.getProperty("heartline.backends", IN_PROCESS);

    private Backends() {}

    /** Loaded, and with it started, on first use: so that who needs no MongoDB does not wait for one. */
    private static final class Kafka {
        static final String SERVERS = inContainers() ? ContainerKafka.start() : InProcess.kafka();
    }

    private static final class Mongo {
        static final UnaryOperator<String> DATABASES = inContainers() ? ContainerMongo.start() : InProcess.mongo();
    }

    static boolean inContainers() {
        return switch (CHOSEN) {
            case IN_PROCESS -> false;
            case CONTAINERS -> true;
            default ->
                throw new IllegalArgumentException(
                        "heartline.backends is " + CHOSEN + ", and may be " + IN_PROCESS + " or " + CONTAINERS);
        };
    }

    public static String bootstrapServers() {
        return Kafka.SERVERS;
    }

    /** A MongoDB URI with a database that no other test knows. */
    public static String newDatabase() {
        return Mongo.DATABASES.apply(unique("db"));
    }

    /** A name that no other test has: for topics, databases, authors. */
    public static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID();
    }
}
