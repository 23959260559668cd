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
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The three services, each with a principal that has only the ACLs of {@code docs/other-languages.md}. */
class KafkaAclsIT {

    private static final Pattern ROW = Pattern.compile(
            "(?m)^\\| (event-producer|push-gateway|report-batch) \\| (\\w+) `(.+)` \\| ([A-Za-z, ]+) \\|$");
    private static final String SUPERUSER = "admin";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;

    private static final Deque<AutoCloseable> started = new ArrayDeque<>();
    private static InProcessKafka kafka;
    private static Admin admin;
    private static EmbeddedService producer;
    private static EmbeddedService gateway;
    private static EmbeddedService reports;

    @BeforeAll
    static void start() throws Exception {
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
        admin.createAcls(documented()).all().get(30, TimeUnit.SECONDS);
        producer = start(
                "event-producer",
                new EmbeddedService(
                                "event-producer",
                                EventProducerApplication.class,
                                0,
                                Heartline.REPORT_BATCH_ONLY_PACKAGES)
                        .set("heartline.producer.topic.partitions", 2));
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

    @AfterAll
    static void stop() throws Exception {
        while (!started.isEmpty()) {
            started.pop().close();
        }
    }

    private static EmbeddedService start(String name, EmbeddedService service) {
        client(name).forEach((setting, value) -> service.set("spring.kafka.properties.[" + setting + ']', value));
        started.push(service);
        service.set("spring.kafka.bootstrap-servers", kafka.bootstrapServers()).start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get(service, "/actuator/health/readiness").statusCode() == 200);
        return service;
    }

    private static List<AclBinding> documented() throws Exception {
        List<AclBinding> acls = new ArrayList<>();
        for (MatchResult row : ROW.matcher(Documentation.read("docs/other-languages.md"))
                .results()
                .toList()) {
            ResourcePattern on =
                    new ResourcePattern(ResourceType.fromString(row.group(2)), row.group(3), PatternType.LITERAL);
            for (String operation : row.group(4).split(", ")) {
                acls.add(new AclBinding(
                        on,
                        new AccessControlEntry(
                                "User:" + row.group(1), "*", operation(operation), AclPermissionType.ALLOW)));
            }
        }
        assertThat(acls).hasSizeGreaterThan(5);
        return acls;
    }

    private static AclOperation operation(String name) {
        return AclOperation.fromString(name.replaceAll("(?<=.)([A-Z])", "_$1").toUpperCase(Locale.ROOT));
    }

    private static Map<String, Object> client(String user) {
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

    @Test
    void documentedAcls_sufficeToLogPushReportAndDeadLetter() throws Exception {
        JsonNode accepted = like("alice");
        String position = accepted.path("position").stringValue();
        String path = "/v1/authors/alice";
        String start = position.replaceFirst("[0-9]+$", "start");

        assertThat(get(gateway, path + "/likes?wait=1&after=" + start).body())
                .contains(accepted.path("eventId").stringValue());

        writeRecordThatIsNoLike();
        HttpRequest run =
                request(reports, "/v1/runs").POST(BodyPublishers.noBody()).build();
        assertThat(HTTP.send(run, BodyHandlers.discarding()).statusCode()).isEqualTo(202);
        assertThat(get(reports, path + "/reports/current?wait=30&atLeast=" + position)
                        .body())
                .contains("\"likes\":1");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(get(reports, "/v1/runs").body()).contains("\"status\":\"done\""));
        assertThat(endOf("likes.dead")).isEqualTo(1);
        // Kafka receives the offsets after the run is stored as done
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(admin.listConsumerGroupOffsets("report-batch")
                                .partitionsToOffsetAndMetadata()
                                .get(30, TimeUnit.SECONDS))
                        .hasSize(2));
    }

    private static JsonNode like(String author) throws Exception {
        String body = "{\"postId\":\"p-1\",\"authorId\":\"" + author + "\",\"likerId\":\"bob\"}";
        HttpRequest post = request(producer, "/v1/likes")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = HTTP.send(post, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return JsonMapper.shared().readTree(answer.body());
    }

    private static void writeRecordThatIsNoLike() throws Exception {
        try (KafkaProducer<byte[], byte[]> writer =
                new KafkaProducer<>(client(SUPERUSER), new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] author = "alice".getBytes(StandardCharsets.UTF_8);
            writer.send(new ProducerRecord<>("likes", LikesLog.partitionOf("alice", 2), author, new byte[] {'x'}))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static long endOf(String topic) throws Exception {
        TopicPartition only = new TopicPartition(topic, 0);
        return admin.listOffsets(Map.of(only, OffsetSpec.latest()))
                .partitionResult(only)
                .get(30, TimeUnit.SECONDS)
                .offset();
    }

    private static HttpResponse<String> get(EmbeddedService service, String path) throws Exception {
        return HTTP.send(request(service, path).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(EmbeddedService service, String path) {
        return HttpRequest.newBuilder(URI.create(service.url() + path));
    }
}
