package io.heartline.quickstart.chaos;

import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.quickstart.backends.Folders;
import io.heartline.quickstart.backends.FreePorts;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Heartline as it is deployed, each part in a process of its own, for the tests of one class. A part that is dead after a test
 * is started again before the next test. The parts write their logs to {@code target/chaos}; if a test fails, the ends of the
 * logs are printed.
 */
final class Deployment
        implements BeforeAllCallback, BeforeEachCallback, TestExecutionExceptionHandler, AfterAllCallback {

    /** The services, named for their modules. */
    enum Service {
        PRODUCER("event-producer"),
        GATEWAY("push-gateway"),
        BATCH("report-batch");

        private final String module;

        Service(String module) {
            this.module = module;
        }
    }

    static final int PARTITIONS = 8;

    private static final int LINES_SHOWN = 40;
    private static final int COLUMNS_SHOWN = 400; // a database that fails to write a report logs the whole report

    // the services start often and run briefly on few cores, so that the optimizing compiler would not pay off
    private static final List<String> QUICK_START =
            List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private final int brokers;
    private final int instances;
    private final List<String> java;
    private final List<String> batchSettings;
    private boolean hasFakeClocks;
    private Service relayedToKafka; // null if no service is relayed
    private boolean hasRelayToMongo;
    private List<String> gatewaySettings = List.of();

    private Path folder;
    private KafkaCluster kafka;
    private boolean isMongoDurable;
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

    /** @param java additional arguments of the services' JVMs */
    static Deployment onJvms(List<String> java) {
        return new Deployment(1, 1, java, List.of());
    }

    /** Lets the database survive SIGKILL. */
    Deployment withDurableMongo() {
        isMongoDurable = true;
        return this;
    }

    Deployment withGateway(String... settings) {
        gatewaySettings = List.of(settings);
        return this;
    }

    /** Adds a relay between one service and Kafka. The other services connect directly. It is healed before each test. */
    Deployment withRelayToKafka(Service service) {
        relayedToKafka = service;
        return this;
    }

    /** Adds a relay between report-batch and MongoDB. It is healed before each test. */
    Deployment withRelayToMongo() {
        hasRelayToMongo = true;
        return this;
    }

    /** Starts the services with clocks that {@link #shiftClocks} shifts. Kafka and MongoDB have the right time. */
    Deployment withFakeClocks() {
        hasFakeClocks = true;
        return this;
    }

    void shiftClocks(Duration offset) throws IOException {
        for (ServiceProcess service : services()) {
            service.clock().shift(offset);
        }
    }

    KafkaCluster kafka() {
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
        kafka = new KafkaCluster(folder, data, brokers, relayedToKafka != null);
        mongo = new MongoProcess(folder, data, hasRelayToMongo, isMongoDurable);
        int[] ports = FreePorts.find(2 + instances);
        producer = service(
                Service.PRODUCER,
                Service.PRODUCER.module,
                ports[0],
                Stream.of(
                        "spring.kafka.bootstrap-servers=" + brokersFor(Service.PRODUCER),
                        "heartline.producer.topic.partitions=" + PARTITIONS,
                        "heartline.producer.topic.replication=" + Math.min(3, brokers),
                        "heartline.producer.topic.min-in-sync-replicas=" + Math.min(2, brokers)));
        gateway = service(
                Service.GATEWAY,
                Service.GATEWAY.module,
                ports[1],
                Stream.concat(
                        Stream.of("spring.kafka.bootstrap-servers=" + brokersFor(Service.GATEWAY)),
                        gatewaySettings.stream()));
        for (int i = 0; i < instances; i++) {
            Stream<String> settings = Stream.concat(
                    Stream.of(
                            "spring.mongodb.uri=" + (hasRelayToMongo ? mongo.relayedUri() : mongo.uri()),
                            "spring.kafka.bootstrap-servers=" + brokersFor(Service.BATCH),
                            "heartline.reports.schedule=*/5 * * * * *"),
                    batchSettings.stream());
            batches.add(service(Service.BATCH, Service.BATCH.module + "-" + (i + 1), ports[2 + i], settings));
        }
    }

    private String brokersFor(Service service) {
        return service == relayedToKafka ? kafka.relayedServers() : kafka.bootstrapServers();
    }

    private ServiceProcess service(Service service, String name, int port, Stream<String> settings) throws IOException {
        FakeClock clock = hasFakeClocks ? new FakeClock(folder.resolve(name + ".clock")) : null;
        return new ServiceProcess(folder, service.module, name, port, java, clock, settings.toList());
    }

    private List<ServiceProcess> services() {
        return Stream.concat(Stream.of(producer, gateway), batches.stream()).toList();
    }

    private Stream<FaultyRelay> relays() {
        return Stream.of(kafka.relay(), mongo.relay()).filter(Objects::nonNull);
    }

    /** Starts the parts that are not running, and waits until all are ready. */
    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        relays().forEach(FaultyRelay::heal);
        kafka.start();
        mongo.start();
        for (ServiceProcess service : services()) {
            service.start();
        }
        services().forEach(ServiceProcess::awaitReady);
    }

    /** Prints the ends of all logs, and kills the services, so that a failed test does not make the next test fail. */
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
        killServices();
        throw failure;
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
        killServices();
        kafka.kill();
        relays().forEach(FaultyRelay::close);
        mongo.stop();
        Folders.delete(folder.resolve("data"));
    }

    private void killServices() throws InterruptedException {
        for (ServiceProcess service : services()) {
            if (service.process().isAlive()) {
                service.process().kill();
            }
        }
    }
}
