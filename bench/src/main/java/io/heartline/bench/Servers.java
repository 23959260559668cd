package io.heartline.bench;

import io.heartline.quickstart.backends.FreePorts;
import io.heartline.reports.fold.KeyedHash;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts what is measured, each in a process of its own, on this JVM's JDK and with the same JVM options. */
final class Servers {

    /** For all but what measures memory. */
    static final List<String> JVM_OPTIONS = List.of("-Xmx512m");

    private final Build build;
    private final Broker broker;
    private final List<String> jvmOptions;

    Servers(Build build, Broker broker, List<String> jvmOptions) {
        this.build = build;
        this.broker = broker;
        this.jvmOptions = jvmOptions;
    }

    /** Ready to be followed; reads the topic from now on. */
    Deployed deploy(Target target, String topic) {
        return deploy(target, topic, FreePorts.find(1)[0]);
    }

    /** The same on a port of its own. */
    Deployed deploy(Target target, String topic, int port) {
        return switch (target) {
            case heartline -> Deployed.alone(startGateway(topic, port));
            case netty ->
                Deployed.alone(ServerProcess.start(
                        java("bench", "netty-peer", broker.bootstrapServers(), topic, "" + port), port));
            case node -> Deployed.alone(ServerProcess.start(node("server.js", topic, port), port));
            case nchan -> deployNchan(topic, port);
        };
    }

    private Deployed deployNchan(String topic, int port) {
        Nginx nginx = new Nginx(build.nchanTemplate(), port);
        ServerProcess server = null;
        try {
            server = ServerProcess.start(nginx.command(), port);
            return new Deployed(server, Optional.of(startNchanPublisher(topic, port)), Optional.of(nginx));
        } catch (CannotMeasureException e) {
            if (server != null) {
                server.close();
            }
            nginx.close();
            throw e;
        }
    }

    private ServerProcess startNchanPublisher(String topic, int nginxPort) {
        int port = FreePorts.find(1)[0];
        return ServerProcess.start(
                java("bench", "nchan-publisher", broker.bootstrapServers(), topic, "" + nginxPort, "" + port), port);
    }

    /** The push gateway: ready to be followed, reads the topic from now on. */
    ServerProcess startGateway(String topic) {
        return startGateway(topic, FreePorts.find(1)[0]);
    }

    private ServerProcess startGateway(String topic, int port) {
        return ServerProcess.start(
                java(
                        "push-gateway",
                        "--server.port=" + port,
                        "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                        "--heartline.gateway.topic=" + topic,
                        "--heartline.gateway.connections=" + Integer.MAX_VALUE),
                port);
    }

    /**
     * Takes likes and writes them to the topic.
     *
     * @param settings arguments that only this target understands
     */
    ServerProcess start(IngestTarget target, String topic, List<String> settings) {
        int port = FreePorts.find(1)[0];
        return switch (target) {
            case heartline, secured -> startProducer(topic, settings);
            case node -> ServerProcess.start(node("ingest.js", topic, port), port);
            case kafka -> {
                List<String> command = java("bench", "producer-peer", broker.bootstrapServers(), topic, "" + port);
                command.addAll(settings);
                yield ServerProcess.start(command, port);
            }
        };
    }

    /** The event producer, which writes to the topic. */
    ServerProcess startProducer(String topic, List<String> settings) {
        int port = FreePorts.find(1)[0];
        List<String> command = java(
                "event-producer",
                "--server.port=" + port,
                "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                "--heartline.producer.streams.max-per-caller=32", // all streams of a load are of one caller
                "--heartline.producer.topic.name=" + topic);
        command.addAll(settings);
        return ServerProcess.start(command, port);
    }

    /** {@link ConsumerPeer}. */
    ServerProcess startConsumer(String topic) {
        int port = FreePorts.find(1)[0];
        return ServerProcess.start(java("bench", "consumer-peer", broker.bootstrapServers(), topic, "" + port), port);
    }

    /** The report batch, which runs when it is told to. */
    ServerProcess startReports(String topic, Database database) {
        int port = FreePorts.find(1)[0];
        return ServerProcess.start(
                java(
                        "report-batch",
                        "--server.port=" + port,
                        "--spring.mongodb.uri=" + database.uri(),
                        "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                        "--heartline.reports.topic=" + topic,
                        "--heartline.reports.grace=3650d", // or weeks that are over would be corrected by every run
                        "--heartline.reports.hash-secret=" + KeyedHash.DEVELOPMENT_SECRET,
                        "--heartline.reports.schedule=-"),
                port);
    }

    /** {@link BatchPeer}. */
    ServerProcess startBatchPeer(BatchTarget kind, String topic) {
        int port = FreePorts.find(1)[0];
        return ServerProcess.start(
                java("bench", "batch-peer", kind.name(), broker.bootstrapServers(), topic, "" + port), port);
    }

    private List<String> node(String script, String topic, int port) {
        return List.of(
                "node",
                "--expose-gc",
                build.nodePeer(script).toString(),
                broker.bootstrapServers(),
                topic,
                Integer.toString(port));
    }

    private List<String> java(String module, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", build.jar(module).toString()));
        command.addAll(List.of(arguments));
        return command;
    }
}
