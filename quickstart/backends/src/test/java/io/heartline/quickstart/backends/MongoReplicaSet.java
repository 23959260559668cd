package io.heartline.quickstart.backends;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * A replica set of three MongoDBs in one container, which belongs to one test class. The test may step its primary down, and may
 * enable fail points ({@code enableTestCommands}). The members have the same ports in the container and on the host's loopback.
 * So clients reach them under the addresses of the set's configuration.
 */
public final class MongoReplicaSet implements AutoCloseable {

    private static final String SET = "rs0";
    private static final int MEMBERS = 3;
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final String STARTED = "all members are started";

    private final int[] ports = FreePorts.find(MEMBERS);
    private final GenericContainer<?> container;

    private MongoReplicaSet() {
        container = new GenericContainer<>(ContainerMongo.IMAGE)
                .withCommand("bash", "-c", startScript(ports))
                .waitingFor(Wait.forLogMessage(".*" + STARTED + ".*", 1).withStartupTimeout(START_TIMEOUT));
        container.setPortBindings(Arrays.stream(ports)
                .mapToObj(port -> "127.0.0.1:" + port + ":" + port)
                .toList());
    }

    /**
     * Starts the members, and returns when the set has a primary and two secondaries.
     *
     * @return the started set
     * @throws Exception if the container does not start, or if the set is not complete in time
     */
    public static MongoReplicaSet start() throws Exception {
        MongoReplicaSet set = new MongoReplicaSet();
        try {
            set.container.start();
            set.evaluate(initiation(set.ports));
            set.evaluate(WAIT_FOR_MEMBERS);
            return set;
        } catch (Exception | Error e) {
            set.close();
            throw e;
        }
    }

    private static final String WAIT_FOR_MEMBERS = """
            for (let i = 0; i < 600; i++) {
              const states = rs.status().members.map(member => member.stateStr).sort().join()
              if (states === 'PRIMARY,SECONDARY,SECONDARY') quit(0)
              sleep(100)
            }
            quit(1)
            """;

    static String startScript(int... ports) {
        String members = Arrays.stream(ports)
                .mapToObj(port ->
                        "mkdir -p /data/" + port + " && mongod --fork --logpath /data/" + port + "/log --dbpath /data/"
                                + port + " --port " + port + " --bind_ip_all --replSet " + SET
                                + " --wiredTigerCacheSizeGB 0.25 --setParameter enableTestCommands=1")
                .collect(Collectors.joining(" && "));
        return members + " && echo " + STARTED + " && exec sleep infinity";
    }

    static String initiation(int... ports) {
        String members = IntStream.range(0, ports.length)
                .mapToObj(i -> "{_id: " + i + ", host: '127.0.0.1:" + ports[i] + "'}")
                .collect(Collectors.joining(", "));
        return "rs.initiate({_id: '" + SET + "', members: [" + members + "], settings: {electionTimeoutMillis: 2000}})";
    }

    private void evaluate(String script) throws Exception {
        ExecResult result =
                container.execInContainer("mongosh", "--quiet", "--port", Integer.toString(ports[0]), "--eval", script);
        if (result.getExitCode() != 0) {
            throw new IllegalStateException("mongosh failed: " + result.getStdout() + result.getStderr());
        }
    }

    /**
     * Returns the URI of a new database.
     *
     * @return a URI with all members, the name of the set, and a database that no other test uses
     */
    public String newDatabase() {
        String hosts =
                Arrays.stream(ports).mapToObj(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        return "mongodb://" + hosts + "/" + Backends.unique("db") + "?replicaSet=" + SET;
    }

    /**
     * Returns the version that each member has to report, so that no other server is taken for MongoDB.
     *
     * @return the beginning of the version, such as {@code 8.0}
     */
    public static String version() {
        return List.of(ContainerMongo.IMAGE.split(":")).get(1);
    }

    @Override
    public void close() {
        container.stop();
    }
}
