package io.heartline.reports.worker;

import io.heartline.reports.run.Run;
import io.heartline.web.trace.TraceParent;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The span of one chunk, if any of its records belongs to a sampled trace. It is part of the first such trace, so that it is kept
 * whenever that trace is, and has links to all of them.
 */
final class FoldSpan {

    static final FoldSpan NONE = new FoldSpan(null);

    private static final int MAX_LINKS = 128;

    private final Tracer tracer;
    private final List<TraceContext> sampledContexts = new ArrayList<>(0);

    /** @param tracer null if tracing is disabled */
    FoldSpan(Tracer tracer) {
        this.tracer = tracer;
    }

    void add(ConsumerRecord<?, ?> record) {
        if (tracer == null || sampledContexts.size() == MAX_LINKS) {
            return;
        }
        Header header = record.headers().lastHeader(TraceParent.HEADER);
        TraceParent parent = header == null ? null : TraceParent.parse(header.value());
        if (parent != null && parent.isSampled()) {
            sampledContexts.add(tracer.traceContextBuilder()
                    .traceId(parent.traceId())
                    .spanId(parent.spanId())
                    .sampled(true)
                    .build());
        }
    }

    /** Runs the task in the span, so that its log lines have the trace's id. */
    void runInSpan(Run run, Runnable task) {
        if (sampledContexts.isEmpty()) {
            task.run();
            return;
        }
        Span.Builder builder = tracer.spanBuilder()
                .setParent(sampledContexts.get(0))
                .kind(Span.Kind.CONSUMER)
                .name("fold chunk")
                .tag("messaging.system", "kafka")
                .tag("heartline.run", run.id());
        sampledContexts.forEach(context -> builder.addLink(new Link(context)));
        Span span = builder.start();
        Tracer.SpanInScope scope = tracer.withSpan(span);
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            span.error(e);
            throw e;
        } finally {
            scope.close();
            span.end();
        }
    }
}
