package io.heartline.quickstart.chaos;

import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.quickstart.backends.InProcessKafka.Node;
import io.heartline.quickstart.backends.InProcessKafka.RelayListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** A cluster of brokers, each in a process of its own. */
final class KafkaCluster {

    private static final String NOT_RELAYED = "-";

    private final List<Node> nodes = new ArrayList<>();
    private final List<JavaProcess> processes = new ArrayList<>();
    private final FaultyRelay relay;

    /** @param isRelayed whether clients can also connect to the only broker through a relay */
    KafkaCluster(Path folder, Path data, int count, boolean isRelayed) throws IOException {
        if (isRelayed && count > 1) {
            throw new IllegalArgumentException("a relay needs a cluster of one broker");
        }
        int[] ports = FreePorts.find(2 * count + 1);
        int relayedPort = ports[2 * count];
        relay = isRelayed ? new FaultyRelay(relayedPort) : null;
        for (int i = 0; i < count; i++) {
            nodes.add(new Node(i + 1, ports[2 * i], ports[2 * i + 1]));
        }
        String cluster = Uuid.randomUuid().toString();
        for (Node node : nodes) {
            String name = "kafka-" + node.id();
            List<String> command = Stream.concat(
                            Stream.of(
                                    "-Xmx256m",
                                    "-XX:+UseSerialGC",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    KafkaCluster.class.getName(),
                                    data.resolve(name).toString(),
                                    cluster,
                                    Integer.toString(node.id()),
                                    isRelayed ? relayedPort + "," + relay.port() : NOT_RELAYED),
                            nodes.stream().map(KafkaCluster::text))
                    .toList();
            processes.add(new JavaProcess(folder.resolve(name + ".log"), command, Map.of()));
        }
    }

    /** Starts the brokers that are not running. */
    void start() throws IOException {
        for (JavaProcess process : processes) {
            if (!process.isAlive()) {
                process.start();
            }
        }
    }

    /** Stops all brokers in order. */
    void stop() throws IOException, InterruptedException {
        for (JavaProcess process : processes) {
            process.stopByClosingInput();
        }
    }

    void kill() throws InterruptedException {
        for (JavaProcess process : processes) {
            if (process.isAlive()) {
                process.kill();
            }
        }
    }

    /** Sends SIGKILL to a broker, and waits for its end. */
    void kill(int node) throws InterruptedException {
        processes.get(node - 1).kill();
    }

    int leaderOf(TopicPartition partition) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            return admin.describeTopics(List.of(partition.topic()))
                    .topicNameValues()
                    .get(partition.topic())
                    .get()
                    .partitions()
                    .get(partition.partition())
                    .leader()
                    .id();
        }
    }

    String bootstrapServers() {
        return nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
    }

    /** Returns the address of the relay. The broker advertises the relay to clients that connect through it. */
    String relayedServers() {
        return "127.0.0.1:" + relay.port();
    }

    FaultyRelay relay() {
        return relay;
    }

    private static String text(Node node) {
        return node.id() + "," + node.port() + "," + node.controllerPort();
    }

    private static Node node(String text) {
        String[] parts = text.split(",");
        return new Node(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    private static RelayListener relayed(String text) {
        String[] parts = text.split(",");
        return new RelayListener(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    /** Runs one node until its standard input is closed. */
    public static void main(String[] args) throws IOException {
        List<Node> all = Stream.of(args).skip(4).map(KafkaCluster::node).toList();
        Node own = all.get(Integer.parseInt(args[2]) - 1);
        try (InProcessKafka kafka = args[3].equals(NOT_RELAYED)
                ? InProcessKafka.start(Path.of(args[0]), args[1], own, all)
                : InProcessKafka.startRelayed(Path.of(args[0]), args[1], own, relayed(args[3]))) {
            System.out.println("started " + kafka.bootstrapServers());
            while (System.in.read() >= 0) {
                continue;
            }
        }
    }
}
