package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikesLog;
import io.heartline.gateway.PushGatewayApplication;
import io.heartline.producer.EventProducerApplication;
import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.reports.ReportBatchApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The three services, each with a principal of its own, on a broker that permits only what its ACLs permit. */
final class SecuredServices {

    private static final String SUPERUSER = "admin";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final InProcessKafka kafka;
    final Admin admin;
    final EmbeddedService producer;
    final EmbeddedService gateway;
    final EmbeddedService reports;

    /** @param topics created before the services start; empty if event-producer creates the topic of likes, with two partitions */
    SecuredServices(Path folder, Collection<AclBinding> acls, Collection<NewTopic> topics) throws Exception {
        kafka = InProcessKafka.startSecured(
                folder.resolve("kafka"),
                "SASL_PLAINTEXT",
                Map.of(
                        "sasl.enabled.mechanisms",
                        "PLAIN",
                        "sasl.mechanism.inter.broker.protocol",
                        "PLAIN",
                        "listener.name.sasl_plaintext.plain.sasl.jaas.config",
                        login(
                                SUPERUSER,
                                " user_admin=secret user_event-producer=secret user_push-gateway=secret"
                                        + " user_report-batch=secret"),
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        // the node is not authenticated at its own controller
                        "super.users",
                        "User:" + SUPERUSER + ";User:ANONYMOUS"));
        started.push(kafka);
        admin = Admin.create(client(SUPERUSER));
        started.push(admin);
        admin.createAcls(acls).all().get(30, TimeUnit.SECONDS);
        admin.createTopics(topics).all().get(30, TimeUnit.SECONDS);
        producer = start(
                "event-producer",
                new EmbeddedService(
                                "event-producer",
                                EventProducerApplication.class,
                                0,
                                Heartline.REPORT_BATCH_ONLY_PACKAGES)
                        .set("heartline.producer.topic.partitions", 2)
                        .set("heartline.producer.topic-check-interval", "500ms"));
        gateway = start(
                "push-gateway",
                new EmbeddedService(
                        "push-gateway", PushGatewayApplication.class, 0, Heartline.REPORT_BATCH_ONLY_PACKAGES));
        reports = start(
                "report-batch",
                new EmbeddedService("report-batch", ReportBatchApplication.class, 0)
                        .set("heartline.reports.schedule", "-")
                        .set("spring.mongodb.uri", Backends.newDatabase()));
    }

    private EmbeddedService start(String name, EmbeddedService service) {
        client(name).forEach((setting, value) -> service.set("spring.kafka.properties.[" + setting + ']', value));
        started.push(service);
        service.set("spring.kafka.bootstrap-servers", kafka.bootstrapServers()).start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get(service, "/actuator/health/readiness").statusCode() == 200);
        return service;
    }

    private Map<String, Object> client(String user) {
        return Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                login(user, ""));
    }

    private static String login(String user, String options) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=" + user + " password=secret"
                + options + ";";
    }

    /** @param operation as in the documentation, for example {@code DescribeConfigs} */
    static AclBinding acl(String user, String type, String name, String operation) {
        AclOperation parsed = AclOperation.fromString(
                operation.replaceAll("(?<=.)([A-Z])", "_$1").toUpperCase(Locale.ROOT));
        return new AclBinding(
                new ResourcePattern(ResourceType.fromString(type), name, PatternType.LITERAL),
                new AccessControlEntry("User:" + user, "*", parsed, AclPermissionType.ALLOW));
    }

    /** Returns the answer of event-producer to a like. */
    HttpResponse<String> like(String author) throws Exception {
        String body = "{\"postId\":\"p-1\",\"authorId\":\"" + author + "\",\"likerId\":\"bob\"}";
        HttpRequest post = request(producer, "/v1/likes")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return HTTP.send(post, BodyHandlers.ofString());
    }

    /** Returns event id and position of a like that was accepted. */
    JsonNode acceptedLike(String author) throws Exception {
        HttpResponse<String> answer = like(author);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return JsonMapper.shared().readTree(answer.body());
    }

    void writeRecordThatIsNoLike(String author) throws Exception {
        try (KafkaProducer<byte[], byte[]> writer =
                new KafkaProducer<>(client(SUPERUSER), new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] key = author.getBytes(StandardCharsets.UTF_8);
            writer.send(new ProducerRecord<>("likes", LikesLog.partitionOf(author, 2), key, new byte[] {'x'}))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    /** Requests a run, and returns the run when it has ended. */
    JsonNode run() throws Exception {
        HttpResponse<String> accepted = HTTP.send(
                request(reports, "/v1/runs").POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
        assertThat(accepted.statusCode()).isEqualTo(202);
        String id = JsonMapper.shared().readTree(accepted.body()).path("id").stringValue();
        return await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> JsonMapper.shared()
                                .readTree(get(reports, "/v1/runs/" + id).body()),
                        run -> List.of("done", "failed")
                                .contains(run.path("status").stringValue()));
    }

    long endOf(String topic) throws Exception {
        TopicPartition only = new TopicPartition(topic, 0);
        return admin.listOffsets(Map.of(only, OffsetSpec.latest()))
                .partitionResult(only)
                .get(30, TimeUnit.SECONDS)
                .offset();
    }

    static HttpResponse<String> get(EmbeddedService service, String path) throws Exception {
        return HTTP.send(request(service, path).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(EmbeddedService service, String path) {
        return HttpRequest.newBuilder(URI.create(service.url() + path)).timeout(Duration.ofSeconds(60));
    }

    void close() throws Exception {
        while (!started.isEmpty()) {
            started.pop().close();
        }
    }
}
