package io.heartline.quickstart.backends;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A real KRaft node in this JVM: a broker that is usually a controller too. Its log stays in a folder after it is closed. */
public final class InProcessKafka implements AutoCloseable {

    private final KafkaRaftServer server;
    private final int port;

    /**
     * A node of a cluster, on loopback.
     *
     * @param id the node's id, unique in its cluster
     * @param port the port for clients and other brokers
     * @param controllerPort the port for the traffic of controllers
     */
    public record Node(int id, int port, int controllerPort) {}

    /**
     * A second listener of a broker, for clients that connect through a relay.
     *
     * @param port the port on which the broker listens for the relay
     * @param advertisedPort the relay's port, which the broker advertises to the clients of this listener
     */
    public record RelayListener(int port, int advertisedPort) {}

    private InProcessKafka(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts the only node of a cluster, on free ports, without encryption.
     *
     * @param folder the folder of the log, which is created and formatted if necessary
     * @return the started node
     */
    public static InProcessKafka start(Path folder) {
        int[] ports = FreePorts.find(2);
        return start(folder, ports[0], ports[1]);
    }

    /**
     * Starts the only node of a cluster without encryption.
     *
     * @param folder the folder of the log, which is created and formatted if necessary
     * @param port the port for clients
     * @param controllerPort the port of the node's controller
     * @return the started node
     */
    public static InProcessKafka start(Path folder, int port, int controllerPort) {
        Node only = new Node(1, port, controllerPort);
        return start(folder, Uuid.randomUuid().toString(), only, List.of(only));
    }

    /**
     * Starts the only node of a cluster, which accepts clients over TLS only.
     *
     * @param folder the folder of the log, which is created and formatted if necessary
     * @param ssl the broker's settings {@code ssl.…}
     * @return the started node
     */
    public static InProcessKafka startWithTls(Path folder, Map<String, String> ssl) {
        return startSecured(folder, "SSL", ssl);
    }

    /**
     * Starts the only node of a cluster, which accepts clients with one security protocol only.
     *
     * @param folder the folder of the log, which is created and formatted if necessary
     * @param protocol {@code SSL}, {@code SASL_PLAINTEXT} or {@code SASL_SSL}
     * @param extraSettings further settings of the broker, as Kafka names them
     * @return the started node
     */
    public static InProcessKafka startSecured(Path folder, String protocol, Map<String, String> extraSettings) {
        int[] ports = FreePorts.find(2);
        Node only = new Node(1, ports[0], ports[1]);
        return start(folder, Uuid.randomUuid().toString(), only, List.of(only), protocol, extraSettings, null);
    }

    /**
     * Starts the only node of a cluster with further settings, without encryption.
     *
     * @param folder the folder of the log, which is created and formatted if necessary
     * @param extraSettings further settings of the broker, for example of an authorizer
     * @return the started node
     */
    public static InProcessKafka startWith(Path folder, Map<String, String> extraSettings) {
        int[] ports = FreePorts.find(2);
        Node only = new Node(1, ports[0], ports[1]);
        return start(folder, Uuid.randomUuid().toString(), only, List.of(only), "PLAINTEXT", extraSettings, null);
    }

    /**
     * Starts a node of a cluster. Returns after the majority of the controllers has started.
     *
     * @param folder the folder of the node's log, which is created and formatted if necessary
     * @param clusterId the cluster's id, the same for all its nodes
     * @param node the node to start: a broker and, if {@code controllers} contains it, a controller
     * @param controllers the controllers of the cluster
     * @return the started node
     */
    public static InProcessKafka start(Path folder, String clusterId, Node node, List<Node> controllers) {
        return start(folder, clusterId, node, controllers, Map.of());
    }

    /**
     * Starts a node of a cluster with further settings. Returns after the majority of the controllers has started.
     *
     * @param folder the folder of the node's log, which is created and formatted if necessary
     * @param clusterId the cluster's id, the same for all its nodes
     * @param node the node to start: a broker and, if {@code controllers} contains it, a controller
     * @param controllers the controllers of the cluster
     * @param extraSettings further settings of the node, as Kafka names them
     * @return the started node
     */
    public static InProcessKafka start(
            Path folder, String clusterId, Node node, List<Node> controllers, Map<String, String> extraSettings) {
        return start(folder, clusterId, node, controllers, "PLAINTEXT", extraSettings, null);
    }

    /**
     * Starts the only node of a cluster, to which clients connect directly or through a relay.
     *
     * @param folder the folder of the log, which is created and formatted if necessary
     * @param clusterId the cluster's id
     * @param node the node to start
     * @param relayed the listener for the relay
     * @return the started node
     */
    public static InProcessKafka startRelayed(Path folder, String clusterId, Node node, RelayListener relayed) {
        return start(folder, clusterId, node, List.of(node), "PLAINTEXT", Map.of(), relayed);
    }

    private static InProcessKafka start(
            Path folder,
            String clusterId,
            Node node,
            List<Node> controllers,
            String protocol,
            Map<String, String> extraSettings,
            RelayListener relayed) {
        format(folder, clusterId, node.id());
        String log = folder.toAbsolutePath().toString();
        String voters = controllers.stream()
                .map(voter -> voter.id() + "@127.0.0.1:" + voter.controllerPort())
                .collect(Collectors.joining(","));
        String replicas = Integer.toString(Math.min(3, controllers.size()));
        String minIsr = Integer.toString(Math.min(2, controllers.size()));
        boolean isController = controllers.contains(node);
        String controller = isController ? ",CONTROLLER://127.0.0.1:" + node.controllerPort() : "";
        String listener = protocol + "://127.0.0.1:" + node.port();
        String relayedListener = relayed == null ? "" : ",RELAYED://127.0.0.1:" + relayed.port();
        String relay = relayed == null ? "" : ",RELAYED://127.0.0.1:" + relayed.advertisedPort();
        Map<String, Object> settings = new HashMap<>(extraSettings);
        settings.putAll(Map.ofEntries(
                Map.entry("process.roles", isController ? "broker,controller" : "broker"),
                Map.entry("node.id", Integer.toString(node.id())),
                Map.entry("controller.quorum.voters", voters),
                Map.entry("listeners", listener + relayedListener + controller),
                Map.entry("advertised.listeners", listener + relay),
                Map.entry("inter.broker.listener.name", protocol),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry(
                        "listener.security.protocol.map",
                        protocol + ":" + protocol + ",RELAYED:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("log.dirs", log),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("offsets.topic.replication.factor", replicas),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", replicas),
                Map.entry("transaction.state.log.min.isr", minIsr),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", replicas),
                Map.entry("share.coordinator.state.topic.min.isr", minIsr),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                // less memory and fewer threads: the defaults are 128 MiB for the cleaner, and eight I/O threads
                Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
                Map.entry("num.io.threads", "2"),
                Map.entry("num.network.threads", "2")));
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
        server.startup();
        return new InProcessKafka(server, node.port());
    }

    /**
     * Returns the address for clients that connect directly.
     *
     * @return {@code host:port}
     */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path folder, String clusterId, int node) {
        if (Files.exists(folder.resolve("meta.properties"))) {
            return;
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8)) {
            Files.createDirectories(folder);
            String path = folder.toAbsolutePath().toString();
            new Formatter()
                    .setClusterId(clusterId)
                    .setNodeId(node)
                    .addDirectory(path)
                    .setMetadataLogDirectory(path)
                    .setControllerListenerName("CONTROLLER")
                    .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .setPrintStream(out)
                    .run();
        } catch (Exception e) { // Formatter.run() declares Exception
            throw new IllegalStateException(
                    "Kafka could not format " + folder + ": " + output.toString(StandardCharsets.UTF_8), e);
        }
    }
}
