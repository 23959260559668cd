package io.heartline.quickstart.chaos;

import io.heartline.quickstart.backends.Folders;
import io.heartline.quickstart.backends.FreePorts;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Heartline as it is deployed, each part in a process of its own, for the tests of one class. Whatever one of them has left
 * dead is started again for the next. What the parts say is in {@code target/chaos}, and its end is shown if a test fails.
 */
final class Deployment
        implements BeforeAllCallback, BeforeEachCallback, TestExecutionExceptionHandler, AfterAllCallback {

    static final int PARTITIONS = 8;

    private static final int LINES_SHOWN = 40;
    private static final int COLUMNS_SHOWN = 400; // a database that fails to write a report shows all of it

    // started often, on few cores, and never for long enough to profit from the optimizing compiler
    private static final List<String> QUICK_START =
            List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private final int brokers;
    private final int instances;
    private final List<String> java;
    private final List<String> batchSettings;
    private boolean hasClocksOfTheirOwn;
    private boolean hasRelayToKafka;
    private List<String> gatewaySettings = List.of();

    private Path folder;
    private KafkaQuorum kafka;
    private MongoProcess mongo;
    private ServiceProcess producer;
    private ServiceProcess gateway;
    private final List<ServiceProcess> batches = new ArrayList<>();

    private Deployment(int brokers, int instances, List<String> java, List<String> batchSettings) {
        this.brokers = brokers;
        this.instances = instances;
        this.java = java;
        this.batchSettings = batchSettings;
    }

    static Deployment small(String... batchSettings) {
        return new Deployment(1, 1, QUICK_START, List.of(batchSettings));
    }

    static Deployment withThreeBrokers() {
        return new Deployment(3, 1, QUICK_START, List.of());
    }

    static Deployment withTwoBatches(String... settings) {
        return new Deployment(1, 2, QUICK_START, List.of(settings));
    }

    /** @param java arguments of the services' JVMs */
    static Deployment onJvms(List<String> java) {
        return new Deployment(1, 1, java, List.of());
    }

    Deployment withGateway(String... settings) {
        gatewaySettings = List.of(settings);
        return this;
    }

    /** Between the gateway and Kafka; the others reach the broker directly. It is healed before each test. */
    Deployment withRelayToKafka() {
        hasRelayToKafka = true;
        return this;
    }

    /** The services, that is, and not Kafka or MongoDB. */
    Deployment onClocksOfTheirOwn() {
        hasClocksOfTheirOwn = true;
        return this;
    }

    void shiftClocks(Duration from) throws IOException {
        for (ServiceProcess service : services()) {
            service.clock().shift(from);
        }
    }

    KafkaQuorum kafka() {
        return kafka;
    }

    MongoProcess mongo() {
        return mongo;
    }

    ServiceProcess producer() {
        return producer;
    }

    ServiceProcess gateway() {
        return gateway;
    }

    ServiceProcess batch() {
        return batches.get(0);
    }

    ServiceProcess otherBatch() {
        return batches.get(1);
    }

    Path folder() {
        return folder;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        folder = Path.of("target", "chaos", context.getRequiredTestClass().getSimpleName());
        Folders.delete(folder);
        Path data = Files.createDirectories(folder.resolve("data"));
        kafka = new KafkaQuorum(folder, data, brokers, hasRelayToKafka);
        mongo = new MongoProcess(folder, data);
        int[] ports = FreePorts.find(2 + instances);
        String broker = kafka.bootstrapServers();
        producer = service(
                "event-producer",
                "event-producer",
                ports[0],
                Stream.of(
                        "spring.kafka.bootstrap-servers=" + broker,
                        "heartline.producer.topic.partitions=" + PARTITIONS,
                        "heartline.producer.topic.replication=" + Math.min(3, brokers),
                        "heartline.producer.topic.min-in-sync-replicas=" + Math.min(2, brokers)));
        gateway = service(
                "push-gateway",
                "push-gateway",
                ports[1],
                Stream.concat(
                        Stream.of("spring.kafka.bootstrap-servers="
                                + (hasRelayToKafka ? kafka.relayedServers() : broker)),
                        gatewaySettings.stream()));
        for (int i = 0; i < instances; i++) {
            Stream<String> settings = Stream.concat(
                    Stream.of(
                            "spring.mongodb.uri=" + mongo.uri(),
                            "heartline.reports.kafka.[bootstrap.servers]=" + broker,
                            "heartline.reports.schedule=*/5 * * * * *"),
                    batchSettings.stream());
            batches.add(service("report-batch", "report-batch-" + (i + 1), ports[2 + i], settings));
        }
    }

    private ServiceProcess service(String module, String name, int port, Stream<String> settings) throws IOException {
        FakeClock clock = hasClocksOfTheirOwn ? new FakeClock(folder.resolve(name + ".clock")) : null;
        return new ServiceProcess(folder, module, name, port, java, clock, settings.toList());
    }

    private List<ServiceProcess> services() {
        return Stream.concat(Stream.of(producer, gateway), batches.stream()).toList();
    }

    /** All of it is there, and ready. */
    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (hasRelayToKafka) {
            kafka.relay().heal();
        }
        kafka.start();
        mongo.start();
        for (ServiceProcess service : services()) {
            service.start();
        }
        services().forEach(ServiceProcess::awaitReady);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        try (DirectoryStream<Path> outputs = Files.newDirectoryStream(folder, "*.log")) {
            for (Path output : outputs) {
                List<String> lines = Files.readAllLines(output);
                System.out.println("---- the end of " + output.toAbsolutePath());
                lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())
                        .forEach(line -> System.out.println(line.substring(0, Math.min(line.length(), COLUMNS_SHOWN))));
            }
        }
        throw failure;
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
        for (ServiceProcess service : services()) {
            if (service.process().isAlive()) {
                service.process().kill();
            }
        }
        kafka.kill();
        if (hasRelayToKafka) {
            kafka.relay().close();
        }
        mongo.stop();
        Folders.delete(folder.resolve("data"));
    }
}
