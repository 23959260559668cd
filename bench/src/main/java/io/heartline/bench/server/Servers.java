package io.heartline.bench.server;

import io.heartline.bench.model.IngestTarget;
import io.heartline.bench.model.Target;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.reports.fold.KeyedHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Starts the measured servers, each in a process of its own, with the same JDK and JVM options. */
public final class Servers {

    /** JVM options of all measurements except those of memory. */
    public static final List<String> JVM_OPTIONS = List.of("-Xmx512m");

    private final Build build;
    private final Broker broker;
    private final List<String> java;

    /** @param java the command that starts a JVM, see {@link ServerJvm#command} */
    public Servers(Build build, Broker broker, List<String> java) {
        this.build = build;
        this.broker = broker;
        this.java = java;
    }

    /** Returns the broker that the servers use. */
    public Broker broker() {
        return broker;
    }

    /** Starts a target on a given port, which reads the topic from now on. */
    public Deployment deploy(Target target, String topic, int port) {
        return deploy(target, topic, port, List.of());
    }

    /** @param settings arguments of the push gateway; the other targets have none */
    public Deployment deploy(Target target, String topic, int port, List<String> settings) {
        return switch (target) {
            case heartline -> Deployment.alone(startGateway(topic, port, settings));
            case netty -> Deployment.alone(startPeer("netty-peer", topic, port));
            case node -> Deployment.alone(ServerProcess.start(node("server.js", topic, port), port));
            case nchan -> deployNchan(topic, port);
        };
    }

    private Deployment deployNchan(String topic, int port) {
        Nginx nginx = new Nginx(build.nchanTemplate(), port);
        ServerProcess server = null;
        try {
            server = ServerProcess.start(nginx.command(), port);
            return new Deployment(
                    server,
                    Optional.of(startPeer("nchan-publisher", topic, FreePorts.find(1)[0], "" + port)),
                    Optional.of(nginx));
        } catch (CannotMeasureException e) {
            if (server != null) {
                server.close();
            }
            nginx.close();
            throw e;
        }
    }

    /** Starts a push gateway, which reads the topic from now on. */
    public ServerProcess startGateway(String topic) {
        return startGateway(topic, FreePorts.find(1)[0], List.of());
    }

    private ServerProcess startGateway(String topic, int port, List<String> settings) {
        List<String> command = java(
                "push-gateway",
                "--server.port=" + port,
                "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                "--heartline.gateway.topic=" + topic,
                "--heartline.gateway.connections=" + Integer.MAX_VALUE);
        command.addAll(settings);
        return ServerProcess.start(command, port);
    }

    /**
     * Starts a target that ingests likes into the topic.
     *
     * @param settings arguments of this target
     */
    public ServerProcess start(IngestTarget target, String topic, List<String> settings) {
        int port = FreePorts.find(1)[0];
        return switch (target) {
            case heartline, secured -> startProducer(topic, settings);
            case node -> ServerProcess.start(node("ingest.js", topic, port), port);
            case kafka -> startPeer("producer-peer", topic, port, settings.toArray(String[]::new));
        };
    }

    /** Starts an event producer, which writes to the topic. */
    public ServerProcess startProducer(String topic, List<String> settings) {
        int port = FreePorts.find(1)[0];
        List<String> command = java(
                "event-producer",
                "--server.port=" + port,
                "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                "--heartline.producer.streams.max-per-caller=32", // all streams of the load have the same caller
                "--heartline.producer.topic.name=" + topic);
        command.addAll(settings);
        return ServerProcess.start(command, port);
    }

    /** Starts a report batch, which runs on request only. */
    public ServerProcess startReports(String topic, Database database) {
        int port = FreePorts.find(1)[0];
        return ServerProcess.start(
                java(
                        "report-batch",
                        "--server.port=" + port,
                        "--spring.mongodb.uri=" + database.uri(),
                        "--spring.kafka.bootstrap-servers=" + broker.bootstrapServers(),
                        "--heartline.reports.topic=" + topic,
                        "--heartline.reports.grace=3650d", // otherwise every run would correct past weeks
                        "--heartline.reports.hash-secret=" + KeyedHash.DEVELOPMENT_SECRET,
                        "--heartline.reports.schedule=-"),
                port);
    }

    /** Starts a {@code BatchPeer}. */
    public ServerProcess startBatchPeer(String topic) {
        return startPeer("batch-peer", topic, FreePorts.find(1)[0]);
    }

    private ServerProcess startPeer(String name, String topic, int port, String... settings) {
        List<String> command = java("bench", name, broker.bootstrapServers(), topic, "" + port);
        command.addAll(List.of(settings));
        return ServerProcess.start(command, port);
    }

    private List<String> node(String script, String topic, int port) {
        String file = build.nodePeer(script).toString();
        return List.of("node", "--expose-gc", file, broker.bootstrapServers(), topic, "" + port);
    }

    private List<String> java(String module, String... arguments) {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-jar", build.jar(module).toString()));
        command.addAll(List.of(arguments));
        return command;
    }
}
