package io.heartline.quickstart;

import static io.heartline.quickstart.TracedHeartline.CALLERS_SPAN;
import static io.heartline.quickstart.TracedHeartline.exemplars;
import static io.heartline.quickstart.TracedHeartline.like;
import static io.heartline.quickstart.TracedHeartline.newTrace;
import static io.heartline.quickstart.TracedHeartline.traceparent;
import static io.heartline.quickstart.TracedHeartline.tracing;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** If tracing is on, a like's trace has spans from the request to the frame and the fold. If it is off, there are no spans. */
class TracesIT {

    @TempDir
    private static Path folder;

    private static final Queue<String> COLLECTED = new ConcurrentLinkedQueue<>();
    private static HttpServer collector;
    private static TracedHeartline heartline;

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
        heartline = start("on", tracing(1.0, true));
    }

    /** Starts a system with a folder and an endpoint of its own. */
    private static TracedHeartline start(String name, Map<String, Object> settings) {
        String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort() + "/" + name;
        return TracedHeartline.start(folder.resolve(name), endpoint, settings);
    }

    @AfterAll
    static void stop() {
        heartline.close();
        collector.stop(0);
    }

    @Test
    void sampledLike_isOneTrace_fromPostToFrameAndFold() throws Exception {
        String author = Backends.unique("author");
        FrameReader frames = heartline.follow(author);
        String trace = newTrace();

        heartline.post("application/json", like(author), traceparent(trace, true));
        assertThat(frames.next()).contains("\"kind\":\"like\"");
        heartline.run();

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(RecordedSpans.ofTrace(trace))
                .extracting(SpanData::getName)
                .contains("http post /v1/likes", "append like", "push like"));
        SpanData request = span(trace, "http post /v1/likes", SpanKind.SERVER);
        SpanData append = span(trace, "append like", SpanKind.PRODUCER);
        SpanData push = span(trace, "push like", SpanKind.CONSUMER);
        assertThat(request.getParentSpanId()).isEqualTo(CALLERS_SPAN);
        assertThat(append.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(push.getParentSpanId()).isEqualTo(append.getSpanId());
        // A chunk can contain likes of other tests. Its span is in the trace of the first like, and has a link to each.
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
        FrameReader frames = heartline.follow(author);
        String trace = newTrace();

        heartline.post("application/x-ndjson", like(author) + "\n" + like(author), traceparent(trace, true));
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
        FrameReader frames = heartline.follow(author);
        String trace = newTrace();

        JsonNode accepted = heartline.post("application/json", like(author), traceparent(trace, false));
        frames.next();
        heartline.run();

        assertThat(heartline.headers(accepted))
                .contains("ce_id")
                .doesNotContain("traceparent", "tracestate", "baggage");
        // a later sampled trace is exported after this one would be
        String later = newTrace();
        heartline.post("application/json", like(author), traceparent(later, true));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !RecordedSpans.ofTrace(later).isEmpty());
        assertThat(RecordedSpans.ofTrace(trace)).isEmpty();
    }

    @Test
    void untrustedCaller_doesNotDecideSampling() throws Exception {
        try (TracedHeartline untrusting = start("untrusting", tracing(0.0, false))) {
            for (int i = 0; i < 3; i++) {
                String author = Backends.unique("author");
                JsonNode accepted = untrusting.post("application/json", like(author), traceparent(newTrace(), true));

                assertThat(untrusting.headers(accepted)).contains("ce_id").doesNotContain("traceparent");
            }
        }

        assertThat(COLLECTED).as("exports until the services were closed").doesNotContain("/untrusting");
    }

    @Test
    void untrustedCaller_getsANewTrace_ifSampled() throws Exception {
        String author = Backends.unique("author");
        String trace = newTrace();
        try (TracedHeartline untrusting = start("sampling", tracing(1.0, false))) {
            untrusting.post("application/json", like(author), traceparent(trace, true));
        }

        assertThat(COLLECTED).contains("/sampling");
        assertThat(RecordedSpans.ofTrace(trace)).isEmpty();
    }

    /** Prometheus before 2.43 prefers this format, and discards the whole scrape if another line has an exemplar. */
    @Test
    void exemplars_areOnBucketsAndCountersOnly() throws Exception {
        heartline.post("application/json", like(Backends.unique("author")), traceparent(newTrace(), true));

        for (EmbeddedService service : heartline.services()) {
            exemplars(service); // the next scrape has the exemplar of this request
            assertThat(exemplars(service)).allMatch(line -> line.matches("\\w+_(bucket|total)[ {].*"));
        }
    }

    @Test
    void tracingOff_createsNoSpans_headersOrConnections() throws Exception {
        try (TracedHeartline off = start("off", Map.of())) {
            for (EmbeddedService service : off.services()) {
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
            FrameReader frames = off.follow(author);
            String trace = newTrace();

            JsonNode accepted = off.post("application/json", like(author), traceparent(trace, true));
            assertThat(frames.next()).contains("\"kind\":\"like\"");
            off.run();

            assertThat(off.headers(accepted)).contains("ce_id").doesNotContain("traceparent", "tracestate", "baggage");
            assertThat(RecordedSpans.ofTrace(trace)).isEmpty();
            for (EmbeddedService service : off.services()) {
                exemplars(service); // the next scrape has the exemplar of this request
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
}
