package io.heartline.quickstart;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Records the spans that the services of this JVM export, and adds settings to services that a test starts.
 * {@code META-INF/spring.factories} registers it.
 */
final class RecordedSpans implements ApplicationContextInitializer<GenericApplicationContext> {

    private static final Queue<SpanData> SPANS = new ConcurrentLinkedQueue<>();

    /** The settings of services that are started from now on. */
    static volatile Map<String, Object> settings = Map.of();

    static List<SpanData> ofTrace(String traceId) {
        return SPANS.stream().filter(span -> span.getTraceId().equals(traceId)).toList();
    }

    static List<SpanData> linkedTo(SpanContext span) {
        return SPANS.stream()
                .filter(from -> from.getLinks().stream()
                        .map(LinkData::getSpanContext)
                        .anyMatch(to -> to.getTraceId().equals(span.getTraceId())
                                && to.getSpanId().equals(span.getSpanId())))
                .toList();
    }

    @Override
    public void initialize(GenericApplicationContext context) {
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", settings));
        context.registerBean("recorded", SpanExporter.class, Exporter::new);
    }

    private static final class Exporter implements SpanExporter {

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            SPANS.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
