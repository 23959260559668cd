package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole system with settings for tracing, and the requests of the tests to it. */
final class TracedHeartline implements AutoCloseable {

    static final String CALLERS_SPAN = "00f067aa0ba902b7";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Heartline heartline;

    private TracedHeartline(Heartline heartline) {
        this.heartline = heartline;
    }

    /** Starts the system. Its services export traces to the endpoint if the settings enable tracing. */
    static TracedHeartline start(Path folder, String endpoint, Map<String, Object> extraSettings) {
        Map<String, Object> settings = new HashMap<>(extraSettings);
        settings.put("management.opentelemetry.tracing.export.otlp.endpoint", endpoint);
        RecordedSpans.settings = settings;
        try {
            return new TracedHeartline(new Heartline(FreePortSettings.of(folder, false, false)));
        } finally {
            RecordedSpans.settings = Map.of();
        }
    }

    /** Returns settings that enable tracing. */
    static Map<String, Object> tracing(double probability, boolean trustsCallers) {
        return Map.of(
                "management.opentelemetry.enabled",
                true,
                "management.tracing.sampling.probability",
                probability,
                "management.opentelemetry.tracing.export.schedule-delay",
                "100ms",
                "heartline.web.trust-traces",
                trustsCallers);
    }

    static String newTrace() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    static String traceparent(String trace, boolean isSampled) {
        return "00-" + trace + "-" + CALLERS_SPAN + (isSampled ? "-01" : "-00");
    }

    static String like(String author) {
        return "{\"postId\":\"p-1\",\"authorId\":\"" + author + "\",\"likerId\":\"bob\"}";
    }

    List<EmbeddedService> services() {
        return List.of(heartline.producer(), heartline.gateway(), heartline.reports());
    }

    /** Connects a reader, and discards the first frame, which has no like. */
    FrameReader follow(String author) throws Exception {
        FrameReader frames = FrameReader.connect(heartline.gateway().url(), author);
        frames.next();
        return frames;
    }

    /** Posts likes with a trace and with baggage. The services do not propagate baggage. */
    JsonNode post(String mediaType, String body, String traceparent) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(heartline.producer().url() + "/v1/likes"))
                .header("Content-Type", mediaType)
                .header("traceparent", traceparent)
                .header("baggage", "liker=bob")
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
        return JsonMapper.shared().readTree(answer.body().lines().findFirst().orElseThrow());
    }

    /** Requests a run of the report batch, and waits until it is done. */
    void run() throws Exception {
        URI runs = URI.create(heartline.reports().url() + "/v1/runs");
        HttpRequest post =
                HttpRequest.newBuilder(runs).POST(BodyPublishers.noBody()).build();
        URI run = runs.resolve(HTTP.send(post, BodyHandlers.ofString())
                .headers()
                .firstValue("Location")
                .orElseThrow());
        await().atMost(Duration.ofSeconds(30))
                .until(() -> HTTP.send(HttpRequest.newBuilder(run).build(), BodyHandlers.ofString())
                        .body()
                        .contains("\"status\":\"done\""));
    }

    /** Returns the names of the record's headers. {@code accepted} is the answer to a POST, which has the record's position. */
    List<String> headers(JsonNode accepted) {
        String[] position = accepted.path("position").stringValue().split("-");
        TopicPartition partition = new TopicPartition("likes", Integer.parseInt(position[1]));
        Map<String, Object> settings =
                Map.of("bootstrap.servers", heartline.bootstrapServers(), "auto.offset.reset", "none");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, Long.parseLong(position[2]));
            ConsumerRecord<byte[], byte[]> record =
                    consumer.poll(Duration.ofSeconds(30)).records(partition).get(0);
            return StreamSupport.stream(record.headers().spliterator(), false)
                    .map(Header::key)
                    .toList();
        }
    }

    /** Scrapes a service in the OpenMetrics format, and returns the lines with an exemplar. */
    static List<String> exemplars(EmbeddedService service) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service.url() + "/actuator/prometheus"))
                .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
                .build();
        HttpResponse<String> scrape = HTTP.send(request, BodyHandlers.ofString());
        assertThat(scrape.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/openmetrics-text");
        assertThat(scrape.body()).contains("heartline_").endsWith("# EOF\n");
        return scrape.body().lines().filter(line -> line.contains(" # {")).toList();
    }

    @Override
    public void close() {
        heartline.close();
    }
}
