package io.heartline.quickstart;

import io.heartline.gateway.PushGatewayApplication;
import io.heartline.producer.EventProducerApplication;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.ReportBatchApplication;
import io.heartline.reports.fold.KeyedHash;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The whole system in this JVM: broker, database and the three services. It stops them in reverse order. */
final class Heartline implements AutoCloseable {

    private static final int PARTITIONS = 8;
    static final String REPORT_BATCH_ONLY_PACKAGES =
            "org.springframework.boot.mongodb,org.springframework.boot.data.mongodb,org.springframework.boot.graphql";

    private static final String ALLOWED_ORIGINS = "heartline.security.allowed-origins";

    /**
     * The options of the quickstart. A port of 0 is any free port.
     *
     * @param data the folder of Kafka's log and of the database
     * @param fresh whether to begin with an empty folder
     * @param schedule the schedule of the report batch: a cron expression, or {@code -} for runs on request only
     * @param secure whether the services ask for tokens
     * @param allowedOrigins the origins of pages, besides Heartline's own page, that may send requests to the services
     */
    record Settings(
            int producerPort,
            int gatewayPort,
            int reportsPort,
            int kafkaPort,
            int mongoPort,
            Path data,
            boolean fresh,
            String schedule,
            boolean secure,
            List<String> allowedOrigins) {

        Settings {
            allowedOrigins = List.copyOf(allowedOrigins);
        }

        /** Returns the ports by the names of their options. */
        private Map<String, Integer> ports() {
            return Map.of(
                    "--producer-port", producerPort,
                    "--gateway-port", gatewayPort,
                    "--reports-port", reportsPort,
                    "--kafka-port", kafkaPort,
                    "--mongo-port", mongoPort);
        }

        /** Returns the value of {@code heartline.security.allowed-origins}, which is the same for all services. */
        private String origins(int reportsPort) {
            return Stream.concat(
                            Stream.of("http://localhost:" + reportsPort, "http://127.0.0.1:" + reportsPort),
                            allowedOrigins.stream())
                    .collect(Collectors.joining(","));
        }
    }

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final DataFolder data;
    private final InProcessKafka kafka;
    private final InProcessMongo mongo;
    private final TokenIssuer issuer;
    private final EmbeddedService producer;
    private final EmbeddedService gateway;
    private final EmbeddedService reports;

    Heartline(Settings settings) {
        data = new DataFolder(settings.data(), settings.fresh());
        started.push(data);
        boolean isStarted = false;
        try {
            RequestedPorts.requireFree(settings.ports());
            int[] free = FreePorts.find(3);
            // the other services start before the page, and their settings contain its origin
            int reportsPort = settings.reportsPort() == 0 ? free[2] : settings.reportsPort();
            String origins = settings.origins(reportsPort);
            kafka = InProcessKafka.start(
                    data.kafka(), settings.kafkaPort() == 0 ? free[0] : settings.kafkaPort(), free[1]);
            started.push(kafka);
            mongo = InProcessMongo.inFile(data.mongo(), settings.mongoPort());
            started.push(mongo);
            issuer = settings.secure() ? new TokenIssuer() : null;
            producer = new EmbeddedService(
                            "event-producer",
                            EventProducerApplication.class,
                            settings.producerPort(),
                            REPORT_BATCH_ONLY_PACKAGES)
                    .set("spring.kafka.bootstrap-servers", kafka.bootstrapServers())
                    .set("heartline.producer.topic.partitions", PARTITIONS)
                    .set(ALLOWED_ORIGINS, origins);
            start(producer);
            gateway = new EmbeddedService(
                            "push-gateway",
                            PushGatewayApplication.class,
                            settings.gatewayPort(),
                            REPORT_BATCH_ONLY_PACKAGES)
                    .set("spring.kafka.bootstrap-servers", kafka.bootstrapServers())
                    .set("heartline.gateway.ring.size", "16MB")
                    .set("heartline.gateway.drain", "1s")
                    .set(ALLOWED_ORIGINS, origins);
            start(gateway);
            reports = new EmbeddedService("report-batch", ReportBatchApplication.class, reportsPort)
                    .set("spring.mongodb.uri", mongoUri())
                    .set("spring.kafka.bootstrap-servers", kafka.bootstrapServers())
                    .set("heartline.reports.hash-secret", KeyedHash.DEVELOPMENT_SECRET)
                    .set("heartline.reports.schedule", settings.schedule())
                    .set(ALLOWED_ORIGINS, origins)
                    .set("spring.graphql.graphiql.enabled", true)
                    .set("heartline.reports.page.gateway-url", gateway.url())
                    .set("heartline.reports.page.producer-url", producer.url());
            start(reports);
            isStarted = true;
        } finally {
            if (!isStarted) {
                close();
            }
        }
    }

    private void start(EmbeddedService service) {
        if (issuer != null) {
            issuer.writePublicKey(data.publicKey());
            service.set("heartline.security.mode", "jwt")
                    .set(
                            "spring.security.oauth2.resourceserver.jwt.public-key-location",
                            data.publicKey().toUri());
        }
        started.push(service);
        service.start();
    }

    /** Returns the issuer of tokens; null if the services ask for none. */
    TokenIssuer issuer() {
        return issuer;
    }

    /** Returns whether the data folder was empty at the start. */
    boolean startedEmpty() {
        return data.startedEmpty();
    }

    EmbeddedService producer() {
        return producer;
    }

    EmbeddedService gateway() {
        return gateway;
    }

    EmbeddedService reports() {
        return reports;
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    String mongoUri() {
        return mongo.database("heartline");
    }

    @Override
    public void close() {
        while (!started.isEmpty()) {
            AutoCloseable next = started.pop();
            try {
                next.close();
            } catch (Exception e) { // AutoCloseable declares Exception; the other parts have to stop anyway
                System.err.println("could not stop " + next + ": " + e);
            }
        }
    }
}
