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

/** A real KRaft node, broker and controller in one, that keeps its log in a folder and survives a restart there. */
public final class InProcessKafka implements AutoCloseable {

    private final KafkaRaftServer server;
    private final int port;

    /** One of a cluster's nodes. */
    public record Node(int id, int port, int controllerPort) {}

    /**
     * A second way to the broker.
     *
     * @param port where the broker listens for it
     * @param advertisedPort the port of the relay, to which the broker refers those that come this way
     */
    public record RelayListener(int port, int advertisedPort) {}

    private InProcessKafka(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /** @param folder created and formatted on first use */
    public static InProcessKafka start(Path folder) {
        int[] ports = FreePorts.find(2);
        return start(folder, ports[0], ports[1]);
    }

    /** @param controllerPort where the node talks to itself */
    public static InProcessKafka start(Path folder, int port, int controllerPort) {
        Node only = new Node(1, port, controllerPort);
        return start(folder, Uuid.randomUuid().toString(), only, List.of(only));
    }

    /** @param ssl how it speaks TLS, which is all it speaks to its clients: Kafka's own settings {@code ssl.…} */
    public static InProcessKafka startWithTls(Path folder, Map<String, String> ssl) {
        return startSecured(folder, "SSL", ssl);
    }

    /**
     * Starts a node that speaks one protocol to its clients.
     *
     * @param protocol {@code SSL}, {@code SASL_PLAINTEXT} or {@code SASL_SSL}
     * @param extraSettings further settings of the broker, as Kafka names them
     */
    public static InProcessKafka startSecured(Path folder, String protocol, Map<String, String> extraSettings) {
        int[] ports = FreePorts.find(2);
        Node only = new Node(1, ports[0], ports[1]);
        return start(folder, Uuid.randomUuid().toString(), only, List.of(only), protocol, extraSettings, null);
    }

    /** @param extraSettings settings of Kafka's own, for example of an authorizer */
    public static InProcessKafka startWith(Path folder, Map<String, String> extraSettings) {
        int[] ports = FreePorts.find(2);
        Node only = new Node(1, ports[0], ports[1]);
        return start(folder, Uuid.randomUuid().toString(), only, List.of(only), "PLAINTEXT", extraSettings, null);
    }

    /**
     * Returns once most of the cluster's nodes are there.
     *
     * @param clusterId the id that all its nodes are given
     * @param node a broker and, if it is one of {@code all}, a controller
     * @param controllers the controllers
     */
    public static InProcessKafka start(Path folder, String clusterId, Node node, List<Node> controllers) {
        return start(folder, clusterId, node, controllers, "PLAINTEXT", Map.of(), null);
    }

    /** Starts the only node of a cluster, which clients reach directly or through a relay. */
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
                // a laptop's share: the defaults reserve 128 MiB for the cleaner and eight I/O threads
                Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
                Map.entry("num.io.threads", "2"),
                Map.entry("num.network.threads", "2")));
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
        server.startup();
        return new InProcessKafka(server, node.port());
    }

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
        } catch (Exception e) { // Formatter.run() declares no less
            throw new IllegalStateException(
                    "Kafka could not format " + folder + ": " + output.toString(StandardCharsets.UTF_8), e);
        }
    }
}
