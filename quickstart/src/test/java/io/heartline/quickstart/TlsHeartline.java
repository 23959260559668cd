package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.PushGatewayApplication;
import io.heartline.producer.EventProducerApplication;
import io.heartline.quickstart.backends.Certificates;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.ReportBatchApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** The whole system with TLS between all of its parts, by one SSL bundle in each service. Kafka requires client certificates. */
final class TlsHeartline {

    final Certificates certificates;
    final HttpClient trusting;
    final EmbeddedService producer;
    final EmbeddedService gateway;
    final EmbeddedService reports;
    private final InProcessKafka kafka;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    TlsHeartline(Path folder) throws Exception {
        certificates = new Certificates(Files.createDirectory(folder.resolve("tls")));
        trusting = HttpClient.newBuilder().sslContext(certificates.trusting()).build();
        kafka = InProcessKafka.startWithTls(
                folder.resolve("kafka"),
                Map.of(
                        "ssl.client.auth", "required",
                        "ssl.keystore.type", "PEM",
                        "ssl.keystore.location", certificates.path("tls.pem"),
                        "ssl.truststore.type", "PEM",
                        "ssl.truststore.location", certificates.path("ca.crt")));
        started.push(kafka);
        InProcessMongo mongo = InProcessMongo.inMemory(certificates.key(), certificates.chain());
        started.push(mongo);
        producer = start(new EmbeddedService(
                        "event-producer", EventProducerApplication.class, 0, Heartline.REPORT_BATCH_ONLY_PACKAGES)
                .set("heartline.producer.topic.partitions", 2)
                .set("heartline.producer.streams.window", 100));
        gateway = start(new EmbeddedService(
                "push-gateway", PushGatewayApplication.class, 0, Heartline.REPORT_BATCH_ONLY_PACKAGES));
        reports = start(new EmbeddedService("report-batch", ReportBatchApplication.class, 0)
                .set("heartline.reports.schedule", "-")
                .set("spring.mongodb.uri", mongo.database("heartline"))
                .set("spring.mongodb.ssl.bundle", "heartline"));
        for (EmbeddedService service : services()) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> get(service, "/actuator/health/readiness").statusCode() == 200);
        }
    }

    private EmbeddedService start(EmbeddedService service) {
        started.push(service);
        String bundle = "spring.ssl.bundle.pem.heartline.";
        return service.set(bundle + "keystore.certificate", certificates.path("tls.crt"))
                .set(bundle + "keystore.private-key", certificates.path("tls.key"))
                .set(bundle + "truststore.certificate", certificates.path("ca.crt"))
                .set(bundle + "reload-on-update", true)
                .set("spring.ssl.bundle.watch.file.quiet-period", "100ms")
                .set("server.ssl.bundle", "heartline")
                .set("spring.kafka.bootstrap-servers", kafka.bootstrapServers())
                .set("spring.kafka.ssl.bundle", "heartline")
                .set("spring.kafka.security.protocol", "SSL")
                .start();
    }

    List<EmbeddedService> services() {
        return List.of(producer, gateway, reports);
    }

    FrameReader follow(String author) throws Exception {
        return FrameReader.connect(trusting, gateway.url(), author, "");
    }

    HttpResponse<String> like(String mediaType, String body) throws Exception {
        HttpRequest.Builder post = request(producer, "/v1/likes").header("Content-Type", mediaType);
        HttpResponse<String> answer =
                trusting.send(post.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
        return answer;
    }

    HttpResponse<String> get(EmbeddedService service, String path) throws Exception {
        return trusting.send(request(service, path).build(), BodyHandlers.ofString());
    }

    static HttpRequest.Builder request(EmbeddedService service, String path) {
        return HttpRequest.newBuilder(URI.create(service.url() + path));
    }

    void stop() throws Exception {
        while (!started.isEmpty()) {
            started.pop().close();
        }
    }
}
