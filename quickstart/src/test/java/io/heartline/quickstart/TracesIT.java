package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.heartline.quickstart.backends.Backends;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From the POST through Kafka to the frame and the fold, and nowhere at all unless traces are switched on. */
class TracesIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String CALLERS_SPAN = "00f067aa0ba902b7";

    @TempDir
    private static Path folder;

    private static final Queue<String> COLLECTED = new ConcurrentLinkedQueue<>();
    private static HttpServer collector;
    private static Heartline heartline;

    @BeforeAll
    static void start() throws Exception {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            COLLECTED.add(exchange.getRequestURI().getPath());
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        heartline = start("on", recording(1.0, true));
    }

    private static Map<String, Object> recording(double probability, boolean trustsCallers) {
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

    /** @param name of its folder, and of the path at the collector that its traces are to be sent to */
    private static Heartline start(String name, Map<String, Object> extraSettings) {
        Map<String, Object> settings = new HashMap<>(extraSettings);
        settings.put(
                "management.opentelemetry.tracing.export.otlp.endpoint",
                "http://127.0.0.1:" + collector.getAddress().getPort() + "/" + name);
        RecordedSpans.settings = settings;
        try {
            return new Heartline(new Heartline.Settings(0, 0, 0, 0, 0, folder.resolve(name), false, "-", false));
        } finally {
            RecordedSpans.settings = Map.of();
        }
    }

    @AfterAll
    static void stop() {
        heartline.close();
        collector.stop(0);
    }

    @Test
    void sampledLike_isOneTrace_fromPostToFrameAndFold() throws Exception {
        String author = Backends.unique("author");
        FrameReader frames = FrameReader.connect(heartline.gateway().url(), author);
        frames.next();
        String trace = newTrace();

        post(heartline, "application/json", like(author), traceparent(trace, true));
        assertThat(frames.next()).contains("\"kind\":\"like\"");
        run(heartline);

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(RecordedSpans.ofTrace(trace))
                .extracting(SpanData::getName)
                .contains("http post /v1/likes", "append like", "push like"));
        SpanData request = span(trace, "http post /v1/likes", SpanKind.SERVER);
        SpanData append = span(trace, "append like", SpanKind.PRODUCER);
        SpanData push = span(trace, "push like", SpanKind.CONSUMER);
        assertThat(request.getParentSpanId()).isEqualTo(CALLERS_SPAN);
        assertThat(append.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(push.getParentSpanId()).isEqualTo(append.getSpanId());
        // of other tests' likes, too, if they were not folded yet: in the trace of the first, and linked to each
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !RecordedSpans.linkedTo(append.getSpanContext()).isEmpty());
        assertThat(RecordedSpans.linkedTo(append.getSpanContext()))
                .singleElement()
                .satisfies(fold -> {
                    assertThat(fold.getName()).isEqualTo("fold chunk");
                    assertThat(fold.getTraceId())
                            .isEqualTo(fold.getLinks().get(0).getSpanContext().getTraceId());
                });
        assertThat(push.getEndEpochNanos()).isGreaterThan(push.getStartEpochNanos());
        await().atMost(Duration.ofSeconds(30)).until(() -> COLLECTED.contains("/on"));
    }

    @Test
    void streamLines_shareTheStreamsTrace_withoutOwnSpans() throws Exception {
        String author = Backends.unique("author");
        FrameReader frames = FrameReader.connect(heartline.gateway().url(), author);
        frames.next();
        String trace = newTrace();

        post(heartline, "application/x-ndjson", like(author) + "\n" + like(author), traceparent(trace, true));
        frames.next();
        frames.next();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> RecordedSpans.ofTrace(trace).size() == 3);
        SpanData request = span(trace, "http post /v1/likes", SpanKind.SERVER);
        assertThat(RecordedSpans.ofTrace(trace))
                .filteredOn(span -> span.getName().equals("push like"))
                .hasSize(2)
                .allSatisfy(push -> assertThat(push.getParentSpanId()).isEqualTo(request.getSpanId()));
    }

    @Test
    void unsampledLike_isNotRecorded_andHasNoHeader() throws Exception {
        String author = Backends.unique("author");
        FrameReader frames = FrameReader.connect(heartline.gateway().url(), author);
        frames.next();
        String trace = newTrace();

        JsonNode accepted = post(heartline, "application/json", like(author), traceparent(trace, false));
        frames.next();
        run(heartline);

        assertThat(headers(heartline, accepted))
                .contains("ce_id")
                .doesNotContain("traceparent", "tracestate", "baggage");
        // one that is recorded and comes later is exported later
        String later = newTrace();
        post(heartline, "application/json", like(author), traceparent(later, true));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !RecordedSpans.ofTrace(later).isEmpty());
        assertThat(RecordedSpans.ofTrace(trace)).isEmpty();
    }

    @Test
    void untrustedCaller_doesNotDecideSampling() throws Exception {
        try (Heartline untrusting = start("untrusting", recording(0.0, false))) {
            for (int i = 0; i < 3; i++) {
                String author = Backends.unique("author");
                JsonNode accepted = post(untrusting, "application/json", like(author), traceparent(newTrace(), true));

                assertThat(headers(untrusting, accepted)).contains("ce_id").doesNotContain("traceparent");
            }
        }

        assertThat(COLLECTED).as("all spans are exported by now").doesNotContain("/untrusting");
    }

    @Test
    void untrustedCaller_getsANewTrace_ifSampled() throws Exception {
        String author = Backends.unique("author");
        String trace = newTrace();
        try (Heartline untrusting = start("sampling", recording(1.0, false))) {
            post(untrusting, "application/json", like(author), traceparent(trace, true));
        }

        assertThat(COLLECTED).contains("/sampling");
        assertThat(RecordedSpans.ofTrace(trace)).isEmpty();
    }

    /** Prometheus before 2.43 drops the whole scrape otherwise, and asks for this format first. */
    @Test
    void exemplars_areOnBucketsAndCountersOnly() throws Exception {
        post(heartline, "application/json", like(Backends.unique("author")), traceparent(newTrace(), true));

        for (EmbeddedService service : services(heartline)) {
            exemplars(service); // the next scrape counts this one
            assertThat(exemplars(service)).allMatch(line -> line.matches("\\w+_(bucket|total)[ {].*"));
        }
    }

    private static List<EmbeddedService> services(Heartline of) {
        return List.of(of.producer(), of.gateway(), of.reports());
    }

    /** The lines with an exemplar of a scrape in the OpenMetrics format. */
    private static List<String> exemplars(EmbeddedService service) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service.url() + "/actuator/prometheus"))
                .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
                .build();
        HttpResponse<String> scrape = HTTP.send(request, BodyHandlers.ofString());
        assertThat(scrape.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("application/openmetrics-text");
        assertThat(scrape.body()).contains("heartline_").endsWith("# EOF\n");
        return scrape.body().lines().filter(line -> line.contains(" # {")).toList();
    }

    @Test
    void tracingOff_createsNoSpans_headersOrConnections() throws Exception {
        try (Heartline off = start("off", Map.of())) {
            for (EmbeddedService service : services(off)) {
                assertThat(service.context().getBean(Tracer.class)).isSameAs(Tracer.NOOP);
                assertThat(service.context().getBeanNamesForType(TracingObservationHandler.class))
                        .isEmpty();
                assertThat(service.context().getBeanNamesForType(SpanContext.class))
                        .isEmpty();
                assertThat(service.context().getBeanNamesForType(SdkTracerProvider.class))
                        .isEmpty();
                assertThat(service.context().getBeanNamesForType(SpanExporter.class))
                        .containsExactly("recorded");
            }
            String author = Backends.unique("author");
            FrameReader frames = FrameReader.connect(off.gateway().url(), author);
            frames.next();
            String trace = newTrace();

            JsonNode accepted = post(off, "application/json", like(author), traceparent(trace, true));
            assertThat(frames.next()).contains("\"kind\":\"like\"");
            run(off);

            assertThat(headers(off, accepted)).contains("ce_id").doesNotContain("traceparent", "tracestate", "baggage");
            assertThat(RecordedSpans.ofTrace(trace)).isEmpty();
            for (EmbeddedService service : services(off)) {
                exemplars(service); // the next scrape counts this one
                assertThat(exemplars(service)).isEmpty();
            }
        }
        assertThat(COLLECTED).doesNotContain("/off");
    }

    private static SpanData span(String trace, String name, SpanKind kind) {
        List<SpanData> found = RecordedSpans.ofTrace(trace).stream()
                .filter(span -> span.getName().equals(name) && span.getKind() == kind)
                .toList();
        assertThat(found).as("%s among %s", name, RecordedSpans.ofTrace(trace)).hasSize(1);
        return found.get(0);
    }

    private static String newTrace() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private static String traceparent(String trace, boolean isRecorded) {
        return "00-" + trace + "-" + CALLERS_SPAN + (isRecorded ? "-01" : "-00");
    }

    private static String like(String author) {
        return "{\"postId\":\"p-1\",\"authorId\":\"" + author + "\",\"likerId\":\"bob\"}";
    }

    /** With baggage, too, which is to go no further. */
    private static JsonNode post(Heartline to, String mediaType, String body, String traceparent) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(to.producer().url() + "/v1/likes"))
                .header("Content-Type", mediaType)
                .header("traceparent", traceparent)
                .header("baggage", "who=bob")
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
        return JsonMapper.shared().readTree(answer.body().lines().findFirst().orElseThrow());
    }

    private static void run(Heartline on) throws Exception {
        URI runs = URI.create(on.reports().url() + "/v1/runs");
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

    /** Of the record at the position that a POST was answered with. */
    private static List<String> headers(Heartline on, JsonNode accepted) {
        String[] position = accepted.path("position").stringValue().split("-");
        TopicPartition partition = new TopicPartition("likes", Integer.parseInt(position[1]));
        Map<String, Object> settings = Map.of("bootstrap.servers", on.bootstrapServers(), "auto.offset.reset", "none");
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
}
